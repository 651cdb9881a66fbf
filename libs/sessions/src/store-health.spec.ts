import { beforeEach, describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { SessionStoreFailed, type StoreFailure } from './store-failure.js';
import { StoreHealth } from './store-health.js';

describe('the health of a store', () => {
  let now: number;
  let lines: string[];
  let failures: StoreFailure[];
  let health: StoreHealth;

  beforeEach(() => {
    now = 0;
    lines = [];
    failures = [];
    health = new StoreHealth(
      { failed: (reason) => failures.push(reason) },
      { info: (line) => lines.push(line), warn: (line) => lines.push(line) },
      () => now,
    );
  });

  it('logs one line a change, however many commands fail', () => {
    health.connectionReady();
    for (let index = 0; index < 50; index++) health.failed(new Error('Command timed out'));
    now = 2_000;
    for (let index = 0; index < 50; index++) health.answered();
    expect(lines).toEqual([
      'session store connected',
      'session store down: the session store failed (timeout): no answer within the command limit',
      'session store up again',
    ]);
    expect(failures).toHaveLength(50);
  });

  it('stays down while some commands fail and others succeed', () => {
    health.connectionReady();
    for (now = 0; now < 10_000; now += 100) {
      health.failed(replyError('CLUSTERDOWN The cluster is down'));
      health.answered();
    }
    expect(lines).toHaveLength(2);
    expect(health.state().kind).toBe('down');
  });

  it('names the cause of a lost connection, and logs it once over many attempts', () => {
    health.connectionReady();
    health.connectionLost();
    for (let index = 0; index < 20; index++) {
      health.connectionError(new Error('connect ECONNREFUSED 127.0.0.1:6379'));
      health.connectionLost();
    }
    expect(lines).toHaveLength(2);
    expect(health.state()).toEqual({ kind: 'down', reason: expect.stringContaining('ECONNREFUSED') });
  });

  it('logs a Redis that cannot be reached from the start', () => {
    health.connectionError(new Error('connect ECONNREFUSED 127.0.0.1:6379'));
    health.connectionLost();
    expect(lines).toEqual([expect.stringContaining('ECONNREFUSED')]);
    health.connectionReady();
    expect(health.state()).toEqual({ kind: 'up' });
  });

  it('stays up when Redis is full, and counts it', () => {
    health.connectionReady();
    health.failed(replyError("OOM command not allowed when used memory > 'maxmemory'."));
    expect(health.state()).toEqual({ kind: 'up' });
    expect(failures).toEqual(['full']);
  });

  it('keeps no arguments of the failed command', () => {
    const error = Object.assign(replyError('READONLY no writes here'), { command: { args: ['key', '1:pin 1234'] } });
    const failure = health.failed(error);
    expect(failure).toBeInstanceOf(SessionStoreFailed);
    expect(failure.cause).toBeUndefined();
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain('1234');
  });
});

function replyError(message: string): Error {
  return Object.assign(new Error(message), { name: 'ReplyError' });
}
