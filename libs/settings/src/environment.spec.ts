import { describe, expect, it } from '@jest/globals';
import { describeFault } from './fault.js';
import { readEnvironment, type Environment } from './environment.js';

const files: Record<string, string> = {
  '/run/secrets/db': 'postgres://ongea:pw@db/ongea\n',
  '/run/secrets/blank': '\n',
  '/run/secrets/two-lines': 'first\nsecond\r\n',
};

function readFile(path: string): string {
  const content = files[path];
  if (content === undefined) throw new Error(`ENOENT: no such file, open '${path}'`);
  return content;
}

function environment(env: Record<string, string>): Environment {
  const reading = readEnvironment(env, readFile);
  if ('faults' in reading) throw new Error(reading.faults.map(describeFault).join('; '));
  return reading.environment;
}

function faults(env: Record<string, string>): string[] {
  const reading = readEnvironment(env, readFile);
  return 'faults' in reading ? reading.faults.map(describeFault) : [];
}

describe('the environment', () => {
  it('has a default for everything', () => {
    expect(environment({})).toEqual({
      production: false,
      host: '127.0.0.1',
      port: 3000,
      dataDir: '.ongea',
      secrets: [],
      roles: ['gateway', 'admin', 'worker'],
      trustedProxies: [],
      logLevel: 'info',
    });
  });

  it('takes an empty variable as not set', () => {
    const empty = {
      PORT: '',
      HOST: '',
      REDIS_URL: '',
      ONGEA_ROLES: '',
      LOG_FORMAT: '',
      ONGEA_SECRET: '',
      NODE_ENV: '',
    };
    expect(environment(empty)).toEqual(environment({}));
  });

  it.each([
    ['PORT', '0', { port: 0 }],
    ['PORT', '8080', { port: 8080 }],
    ['HOST', '0.0.0.0', { host: '0.0.0.0' }],
    ['HOST', '::1', { host: '::1' }],
    ['ONGEA_PUBLIC_URL', 'https://ongea.example/hooks/', { publicUrl: 'https://ongea.example/hooks' }],
    ['ONGEA_PUBLIC_URL', 'http://localhost:3000', { publicUrl: 'http://localhost:3000' }],
    ['DATABASE_URL', 'postgresql://db/x', { databaseUrl: 'postgresql://db/x' }],
    ['REDIS_URL', 'redis://a', { redisUrl: 'redis://a' }],
    ['REDIS_URL', 'redis://a:6379, b:6380', { redisUrl: 'redis://a:6379, b:6380' }],
    ['REDIS_URL', 'rediss://u:p@a:1,b:2', { redisUrl: 'rediss://u:p@a:1,b:2' }],
    ['ONGEA_CONFIG', 'conf/ongea.yaml', { configFile: 'conf/ongea.yaml' }],
    ['ONGEA_DATA_DIR', '/var/lib/ongea', { dataDir: '/var/lib/ongea' }],
    ['ONGEA_SECRET', 'new,old,', { secrets: ['new', 'old'] }],
    ['ONGEA_ADMIN_KEY', 'k', { adminKey: 'k' }],
    ['ONGEA_ROLES', 'gateway,worker', { roles: ['gateway', 'worker'] }],
    ['ONGEA_TRUSTED_PROXIES', '10.0.0.0/8, 2001:db8::1', { trustedProxies: ['10.0.0.0/8', '2001:db8::1'] }],
    ['LOG_LEVEL', 'debug', { logLevel: 'debug' }],
    ['LOG_FORMAT', 'json', { logFormat: 'json' }],
    ['NODE_ENV', 'production', { production: true }],
  ])('reads %s=%s', (name, value, expected) => {
    expect(environment({ [name]: value })).toEqual({ ...environment({}), ...expected });
  });

  it('reads NAME_FILE without its last line break', () => {
    expect(environment({ DATABASE_URL_FILE: '/run/secrets/db' }).databaseUrl).toBe('postgres://ongea:pw@db/ongea');
    expect(environment({ ONGEA_ADMIN_KEY_FILE: '/run/secrets/two-lines' }).adminKey).toBe('first\nsecond');
    expect(environment({ ONGEA_ADMIN_KEY_FILE: '/run/secrets/blank' }).adminKey).toBeUndefined();
  });

  it.each([
    ['PORT', 'http', 'PORT must be a whole number from 0 to 65535, not "http"'],
    ['PORT', '65536', 'PORT must be a whole number from 0 to 65535, not "65536"'],
    ['HOST', 'http://x', 'HOST must be a host name or an address, not "http://x"'],
    ['ONGEA_PUBLIC_URL', 'ongea.example', 'ONGEA_PUBLIC_URL must be an http or https address'],
    ['DATABASE_URL', 'mysql://root:hunter2@db', 'DATABASE_URL must begin with postgres://'],
    ['REDIS_URL', 'a:6379', 'REDIS_URL must be redis://host:port'],
    ['REDIS_URL', 'redis://a,http://b', 'REDIS_URL must be redis://host:port'],
    ['ONGEA_SECRET', ',', 'ONGEA_SECRET holds no secret'],
    ['ONGEA_ROLES', 'gateway,boss', 'ONGEA_ROLES takes gateway, admin, worker'],
    ['ONGEA_TRUSTED_PROXIES', '10.1,proxy', 'ONGEA_TRUSTED_PROXIES takes addresses and ranges'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL is one of'],
    ['LOG_FORMAT', 'xml', 'LOG_FORMAT is one of pretty, json; not "xml"'],
    ['PORT_FILE', '/nowhere', 'PORT_FILE names a file that cannot be read: ENOENT'],
  ])('refuses %s=%s', (name, value, message) => {
    expect(faults({ [name]: value })).toEqual([expect.stringContaining(message)]);
    expect(faults({ [name]: value }).join()).not.toContain('$value');
  });

  it('refuses a variable that is given twice', () => {
    const twice = { DATABASE_URL: 'postgres://db/x', DATABASE_URL_FILE: '/run/secrets/db' };
    expect(faults(twice)).toEqual(['DATABASE_URL and DATABASE_URL_FILE are both set: keep one of them']);
  });

  it('reports all faults at once', () => {
    expect(faults({ PORT: 'x', LOG_LEVEL: 'x', REDIS_URL: 'x', HOST_FILE: '/nowhere' })).toHaveLength(4);
  });

  it('shows no password in a fault (#56)', () => {
    const wrong = {
      DATABASE_URL: 'mysql://root:hunter2@db',
      REDIS_URL: 'http://:hunter2@r',
      ONGEA_PUBLIC_URL: 'ftp://hunter2',
    };
    expect(faults(wrong).join()).not.toContain('hunter2');
    expect(faults(wrong)).toHaveLength(3);
  });

  it('asks for the shared secret where nodes share a Redis in production', () => {
    const shared = { NODE_ENV: 'production', REDIS_URL: 'redis://r' };
    expect(faults(shared)).toEqual([
      'ONGEA_SECRET is required with REDIS_URL in production (the same one on every node)',
    ]);
    expect(faults({ ...shared, ONGEA_SECRET: 's' })).toEqual([]);
    expect(faults({ REDIS_URL: 'redis://r' })).toEqual([]);
  });
});
