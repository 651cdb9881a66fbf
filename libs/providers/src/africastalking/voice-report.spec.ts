import { describe, expect, it } from '@jest/globals';
import type { Account } from '@app/provider-kit';
import { callReportOf } from './voice-report.js';

const account = { timezone: 'Africa/Nairobi', country: 'KE' } as Account;
const statusOf = (fields: Record<string, string>): string => callReportOf('ATVId_1', fields, account).status;

describe('the status of a call that is over', () => {
  it.each([
    [{ status: 'Success', durationInSeconds: '75' }, 'completed'],
    [{ status: 'Aborted', durationInSeconds: '0', dialDurationInSeconds: '3' }, 'completed'],
    [{ durationInSeconds: '12', hangupCause: 'NORMAL_CLEARING' }, 'completed'],
    [{ durationInSeconds: '12', hangupCause: 'SERVICE_UNAVAILABLE' }, 'failed'],
    [{ status: 'Success', durationInSeconds: '0', hangupCause: 'NORMAL_CLEARING' }, 'failed'],
    [{ status: 'Aborted', durationInSeconds: '5', hangupCause: 'USER_BUSY' }, 'busy'],
    [{ hangupCause: 'NO_ANSWER' }, 'no-answer'],
    [{ hangupCause: 'NO_USER_RESPONSE' }, 'no-answer'],
    [{ hangupCause: 'ORIGINATOR_CANCEL' }, 'cancelled'],
    [{ hangupCause: 'CALL_REJECTED' }, 'failed'],
    [{ status: 'Aborted' }, 'failed'],
    [{}, 'unknown'],
  ])('of %j is %s', (fields, expected) => {
    expect(statusOf(fields)).toBe(expected);
  });

  it.each([
    'NORMAL_TEMPORARY_FAILURE',
    'RECOVERY_ON_TIMER_EXPIRE',
    'LOSE_RACE',
    'SUBSCRIBER_ABSENT',
    'USER_NOT_REGISTERED',
  ])('%s is a failure whose cause is kept', (hangupCause) => {
    const report = callReportOf('ATVId_1', { hangupCause }, account);
    expect(report).toMatchObject({ status: 'failed', hangupCause: hangupCause.toLowerCase().replaceAll('_', '-') });
  });
});

it('#29 leaves out of a report what cannot be read', () => {
  const fields = {
    callStartTime: 'infinity',
    durationInSeconds: '-1',
    amount: '1e9',
    recordingUrl: '',
    callerNumber: ' ',
  };
  const { raw, ...report } = callReportOf('ATVId_1', fields, account);
  expect(raw).toEqual(fields);
  expect(report).toEqual({ externalId: 'ATVId_1', identity: 'ATVId_1', status: 'unknown', final: true });
});
