import { describe, expect, it } from '@jest/globals';
import { parseRedisUrl, RedisUrlInvalid } from './redis-url.js';

describe('the URL of a Redis', () => {
  it.each([
    ['redis://cache', { kind: 'single', nodes: [{ host: 'cache', port: 6379 }], tls: false, db: 0 }],
    ['redis://127.0.0.1:7000/3', { kind: 'single', nodes: [{ host: '127.0.0.1', port: 7000 }], tls: false, db: 3 }],
    ['rediss://[::1]:6380', { kind: 'single', nodes: [{ host: '::1', port: 6380 }], tls: true, db: 0 }],
    [
      'redis://ongea:p%2Cw%40x@cache:1',
      { kind: 'single', nodes: [{ host: 'cache', port: 1 }], tls: false, db: 0, username: 'ongea', password: 'p,w@x' },
    ],
    [
      'redis://:secret@cache',
      { kind: 'single', nodes: [{ host: 'cache', port: 6379 }], tls: false, db: 0, password: 'secret' },
    ],
    [
      'redis://a:6379,b:6380',
      {
        kind: 'cluster',
        nodes: [
          { host: 'a', port: 6379 },
          { host: 'b', port: 6380 },
        ],
        tls: false,
        db: 0,
      },
    ],
    [
      'rediss://user:pw@a, rediss://b:2',
      {
        kind: 'cluster',
        nodes: [
          { host: 'a', port: 6379 },
          { host: 'b', port: 2 },
        ],
        tls: true,
        db: 0,
        username: 'user',
        password: 'pw',
      },
    ],
  ])('reads %s', (text, address) => {
    expect(parseRedisUrl(text)).toEqual(address);
  });

  it.each([
    '',
    'localhost:6379',
    'http://cache',
    'redis://',
    'redis://,',
    'redis://a:port',
    'redis://a/x',
    'redis://a/1,b',
  ])('refuses %j', (text) => {
    expect(() => parseRedisUrl(text)).toThrow(RedisUrlInvalid);
  });

  it('does not repeat a password when it refuses a URL', () => {
    for (const text of ['redis://user:hunter2@a:port', 'redis://user:hunter2%@a']) {
      expect(() => parseRedisUrl(text)).toThrow(expect.not.stringContaining('hunter2'));
    }
  });
});
