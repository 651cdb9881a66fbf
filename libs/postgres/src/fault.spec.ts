import { describe, expect, it } from '@jest/globals';
import { DatabaseError } from 'pg';
import { faultOf, isConnectionLost, reasonOf } from './fault.js';

function failure(code: string): Error {
  const error = new DatabaseError(`failed with ${code}`, 0, 'error');
  error.code = code;
  return error;
}

describe('faultOf', () => {
  it.each([
    ['40001', 'again'],
    ['40P01', 'again'],
    ['22P02', 'poison'],
    ['22P05', 'poison'],
    ['22003', 'poison'],
    ['22021', 'poison'],
    ['23502', 'poison'],
    ['23505', 'poison'],
    ['23514', 'poison'],
    ['54000', 'poison'],
    ['54001', 'poison'],
    ['P0001', 'poison'],
    ['08006', 'away'],
    ['08001', 'away'],
    ['57P01', 'away'],
    ['57P02', 'away'],
    ['57P03', 'away'],
    ['57014', 'away'],
    ['53100', 'away'],
    ['53200', 'away'],
    ['53300', 'away'],
    ['25006', 'away'],
    ['28P01', 'away'],
    ['3D000', 'away'],
    ['42P01', 'away'],
    ['55P03', 'away'],
    ['XX000', 'away'],
  ] as const)('takes %s for %s (#23)', (code, fault) => {
    expect(faultOf(failure(code))).toBe(fault);
  });

  it.each(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE'])('takes %s for away (#23)', (code) => {
    expect(faultOf(Object.assign(new Error('connect'), { code }))).toBe('away');
  });

  it('tells a lost connection from a failed statement (#23)', () => {
    expect(['57P01', '08006', '53300'].map((code) => isConnectionLost(failure(code)))).toEqual([true, true, true]);
    expect(isConnectionLost(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))).toBe(true);
    expect(isConnectionLost(new Error('Connection terminated unexpectedly'))).toBe(true);
    expect(['57014', '53100', '25006'].map((code) => isConnectionLost(failure(code)))).toEqual([false, false, false]);
  });

  it('names the reason of a connection that was refused on every address', () => {
    const refused = new AggregateError([new Error('connect ECONNREFUSED ::1:5432')], '');
    expect(reasonOf(refused)).toBe('connect ECONNREFUSED ::1:5432');
  });
});
