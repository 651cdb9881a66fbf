import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ask, environmentKey, makeKey } from './support/admin.js';
import { Cleanup } from './support/cleanup.js';
import { send } from './support/send.js';
import { startInProcess } from './support/server-in-process.js';
import { startServices, type Services } from './support/services.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

const cleanup = new Cleanup();
let services: Services;
let workspace: WorkspaceFolder;
let url: string;
let otherUrl: string;

beforeAll(async () => {
  services = await startServices(cleanup);
  const ussd = { default: 'shamba' };
  const accounts = [
    { provider: 'africastalking', account: 'demo', country: 'KE', open: true, ussd },
    { provider: 'africastalking', account: 'both', country: 'KE', open: true, ussd },
    { provider: 'cradlebots', account: 'both', country: 'KE', open: true, ussd },
  ];
  workspace = await WorkspaceFolder.make(cleanup, { accounts, demo: true });
  const settings = {
    ...services.settings,
    ONGEA_ADMIN_KEY: environmentKey,
    ONGEA_TRUSTED_PROXIES: '127.0.0.1',
  };
  const servers = [
    await startInProcess(cleanup, workspace, settings),
    await startInProcess(cleanup, workspace, settings),
  ];
  for (const { parts } of servers) await parts.postgres.whenUp();
  [url = '', otherUrl = ''] = servers.map((server) => server.url);
}, 60_000);
afterAll(() => cleanup.run(), 30_000);

const newKey = { name: 'a key', scopes: ['reports:read'] };
const newOptOut = { account: 'africastalking/demo', msisdn: '+254700000201' };

describe('a request to the admin API', () => {
  it.each([
    ['a parameter twice', 'GET', '/admin/v1/keys?limit=1&limit=2', undefined, 400],
    ['a limit out of range', 'GET', '/admin/v1/keys?limit=501', undefined, 400],
    ['a limit that is no number', 'GET', '/admin/v1/keys?limit=1e2', undefined, 400],
    ['an unreadable cursor', 'GET', '/admin/v1/keys?cursor=xx', undefined, 400],
    ['a parameter named as every object has them', 'GET', '/admin/v1/call-reports?constructor=1', undefined, 400],
    ['a parameter named as a prototype', 'GET', '/admin/v1/call-reports?__proto__=1', undefined, 400],
    ['a time without a zone', 'GET', '/admin/v1/audit?after=2026-03-04T00:00:00', undefined, 400],
    ['an unknown field', 'POST', '/admin/v1/keys', { ...newKey, id: 'mine' }, 400],
    ['a field of the prototype', 'POST', '/admin/v1/keys', '{"__proto__":{"name":"x"},"scopes":["reports:read"]}', 400],
    ['a constructor', 'POST', '/admin/v1/keys', '{"constructor":{"prototype":{"x":1}}}', 400],
    ['a list for a text', 'POST', '/admin/v1/keys', { ...newKey, name: ['a'] }, 400],
    ['a text for a list', 'POST', '/admin/v1/keys', { ...newKey, scopes: 'reports:read' }, 400],
    ['a number for a name', 'POST', '/admin/v1/keys', { ...newKey, name: 'of +254 700 000 201' }, 400],
    ['a number in brackets for a name', 'POST', '/admin/v1/keys', { ...newKey, name: '(0700) 000.201' }, 400],
    ['a number in Arabic digits for a name', 'POST', '/admin/v1/keys', { ...newKey, name: '٠٧٠٠٠٠٠٢٠١' }, 400],
    ['a name of blanks', 'POST', '/admin/v1/keys', { ...newKey, name: '   ' }, 400],
    ['half a character for a name', 'POST', '/admin/v1/keys', { ...newKey, name: 'a\ud800' }, 400],
    ['half a character for an address', 'POST', '/admin/v1/opt-outs', { ...newOptOut, address: '\ud800' }, 400],
    ['NUL in a reason', 'POST', '/admin/v1/opt-outs', { ...newOptOut, reason: 'a\u0000' }, 400],
    ['an unknown scope', 'POST', '/admin/v1/keys', { ...newKey, scopes: ['everything'] }, 400],
    ['an end in the past', 'POST', '/admin/v1/keys', { ...newKey, expiresAt: '2020-01-01T00:00:00Z' }, 400],
    ['a list for a body', 'POST', '/admin/v1/keys', [newKey], 400],
    ['a text for a body', 'POST', '/admin/v1/keys', '"a"', 400],
    ['null for a body', 'POST', '/admin/v1/keys', 'null', 400],
    ['no body', 'POST', '/admin/v1/keys', undefined, 400],
    ['half a body', 'POST', '/admin/v1/keys', '{"name":', 400],
    ['a body where none is taken', 'DELETE', `/admin/v1/keys/${randomUUID()}`, { a: 1 }, 400],
    ['a body that is too large', 'POST', '/admin/v1/keys', { ...newKey, name: 'x'.repeat(300_000) }, 413],
    ['a path that is not there', 'GET', '/admin/v1/nothing', undefined, 404],
    ['a method that is not there', 'PUT', '/admin/v1/keys', newKey, 404],
    ['the root', 'GET', '/admin', undefined, 404],
    ['OPTIONS', 'OPTIONS', '/admin/v1/keys', undefined, 404],
    ['an unknown key', 'DELETE', `/admin/v1/keys/${randomUUID()}`, undefined, 404],
    ['a path that is no URL', 'GET', '/admin/v1/keys/%zz', undefined, 400],
  ])('with %s is refused as a problem', async (_name, method, path, body, status) => {
    const answer = await ask(url, method, path, { body });
    expect({ status: answer.status, body: answer.body }).toEqual({ status, body: answer.body });
    expect(answer.contentType).toBe('application/problem+json; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.json).toMatchObject({ type: 'about:blank', status, title: expect.any(String) });
  });

  it.each(['application/x-www-form-urlencoded', 'text/plain', 'application/xml', 'application/jsonp', ''])(
    'is refused with a body of the type "%s"',
    async (type) => {
      const headers = { 'content-type': type };
      const { status, contentType } = await ask(url, 'POST', '/admin/v1/keys', { body: 'name=a', headers });
      expect([status, contentType]).toEqual([415, 'application/problem+json; charset=utf-8']);
    },
  );

  it('names every field that is wrong', async () => {
    const { json } = await ask(url, 'POST', '/admin/v1/keys', { body: { name: '', scopes: [], more: 1 } });
    const fields = (json['errors'] as { field: string }[]).map(({ field }) => field);
    expect(new Set(fields)).toEqual(new Set(['name', 'scopes', 'more']));
  });

  it.each([
    ['/admin/v1/keys?limit=x', 'limit: must be a whole number from 1 to 500'],
    ['/admin/v1/keys?limit=1e2', 'limit: must be a whole number from 1 to 500'],
    ['/admin/v1/keys?limit=501', 'limit: must be a whole number from 1 to 500'],
    ['/admin/v1/keys?cursor=', 'cursor: must be 1 to 1024 characters'],
    ['/admin/v1/call-reports?minDuration=x', 'minDuration: must be a whole number from 0 to 2147483647'],
    ['/admin/v1/call-reports?minDuration=2147483648', 'minDuration: must be a whole number from 0 to 2147483647'],
  ])('says once what is wrong with %s', async (path, detail) => {
    const { status, json } = await ask(url, 'GET', path);
    const [field = '', message] = detail.split(': ');
    expect({ status, detail: json['detail'], errors: json['errors'] }).toEqual({
      ...{ status: 400, detail, errors: [{ field, message }] },
    });
  });

  it('is answered to HEAD as to GET, without a body', async () => {
    const { status, body } = await ask(url, 'HEAD', '/admin/v1/keys');
    expect([status, body]).toEqual([200, '']);
    expect((await ask(url, 'HEAD', '/admin/v1/keys', { key: '' })).status).toBe(401);
  });
});

describe('keys', () => {
  it('are shown once and kept as a hash', async () => {
    const { status, json } = await ask(url, 'POST', '/admin/v1/keys', { body: newKey });
    expect(status).toBe(201);
    expect(json['key']).toMatch(/^ongea_[\w-]{43}$/);
    const tables = ['admin_keys', 'audit_log', 'idempotent_requests'];
    for (const table of tables) {
      const rows = await services.query(`SELECT t::text AS row FROM ${table} t`);
      expect(JSON.stringify(rows)).not.toContain(String(json['key']));
    }
    const { json: list } = await ask(url, 'GET', '/admin/v1/keys?limit=1');
    const { key, ...shown } = json;
    expect(list['items']).toEqual([shown]);
    expect(key).toBeDefined();
  });

  it('give no scope that they lack', async () => {
    const { key } = await makeKey(url, ['keys:manage']);
    const wanted = { name: 'more', scopes: ['keys:manage', 'pii:read'] };
    const { status, json } = await ask(url, 'POST', '/admin/v1/keys', { key, body: wanted });
    expect([status, json['detail']]).toEqual([403, 'the key cannot give what it lacks: pii:read']);
    expect(
      (await ask(url, 'POST', '/admin/v1/keys', { key, body: { ...wanted, scopes: ['keys:manage'] } })).status,
    ).toBe(201);
  });

  it('are revoked once, and every change is in the audit log', async () => {
    const { id } = await makeKey(url, ['reports:read']);
    const revoke = () => ask(url, 'DELETE', `/admin/v1/keys/${id.toUpperCase()}`);
    expect([(await revoke()).status, (await revoke()).status]).toEqual([204, 404]);
    const { json } = await ask(url, 'GET', '/admin/v1/audit?limit=2');
    expect(json['items']).toMatchObject([
      { action: 'key.revoked', actor: 'environment', subject: id },
      { action: 'key.created', actor: 'environment', subject: id, details: { scopes: ['reports:read'] } },
    ]);
  });

  it('are paged both ways', async () => {
    for (let i = 0; i < 3; i++) await makeKey(url, ['reports:read']);
    const idsOf = (json: Record<string, unknown>) => (json['items'] as { id: string }[]).map(({ id }) => id);
    const page = async (cursor?: unknown) =>
      (await ask(url, 'GET', `/admin/v1/keys?limit=2${typeof cursor === 'string' ? `&cursor=${cursor}` : ''}`)).json;
    const first = await page();
    const second = await page(first['nextCursor']);
    const back = await page(second['prevCursor']);
    expect(first['prevCursor']).toBeNull();
    expect(back['prevCursor']).toBeNull();
    expect(idsOf(back)).toEqual(idsOf(first));
    const all = (await ask(url, 'GET', '/admin/v1/keys?limit=500')).json;
    expect([...idsOf(first), ...idsOf(second)]).toEqual(idsOf(all).slice(0, 4));
    expect(all['nextCursor']).toBeNull();
    const foreign = await ask(url, 'GET', `/admin/v1/audit?cursor=${String(first['nextCursor'])}`);
    expect(foreign.status).toBe(400);
  });
});

describe('a POST that names itself', () => {
  const headers = () => ({ 'idempotency-key': randomUUID() });

  it('is carried out once and answered the same', async () => {
    const named = headers();
    const first = await ask(url, 'POST', '/admin/v1/keys', { body: newKey, headers: named });
    const again = await ask(otherUrl, 'POST', '/admin/v1/keys', { body: newKey, headers: named });
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.json).toEqual(first.json);
    expect(again.headers['idempotency-replayed']).toBe('true');
    const rows = await services.query('SELECT FROM audit_log WHERE subject = $1', [first.json['id']]);
    expect(rows).toHaveLength(1);
  });

  it('is refused with another body or for another route', async () => {
    const named = headers();
    await ask(url, 'POST', '/admin/v1/keys', { body: newKey, headers: named });
    const other = await ask(url, 'POST', '/admin/v1/keys', { body: { ...newKey, name: 'other' }, headers: named });
    const elsewhere = await ask(url, 'POST', '/admin/v1/opt-outs', {
      body: { msisdn: '+254700000299', account: 'demo' },
      headers: named,
    });
    expect([other.status, elsewhere.status]).toEqual([422, 422]);
  });

  it('belongs to its admin key', async () => {
    const named = headers();
    const { key } = await makeKey(url, ['keys:manage', 'reports:read']);
    const first = await ask(url, 'POST', '/admin/v1/keys', { body: newKey, headers: named });
    const second = await ask(url, 'POST', '/admin/v1/keys', { body: newKey, headers: named, key });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.json['id']).not.toBe(first.json['id']);
  });

  it('is carried out once by two nodes at the same time', async () => {
    const named = headers();
    const both = [url, otherUrl, url, otherUrl];
    const answers = await Promise.all(
      both.map((node) => ask(node, 'POST', '/admin/v1/keys', { body: newKey, headers: named })),
    );
    const made = answers.filter(({ status }) => status === 201);
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
    expect(new Set(made.map(({ json }) => json['id'])).size).toBe(1);
  });

  it('that failed may be sent again', async () => {
    const named = headers();
    const wrong = await ask(url, 'POST', '/admin/v1/keys', { body: { ...newKey, scopes: ['x'] }, headers: named });
    const right = await ask(url, 'POST', '/admin/v1/keys', { body: newKey, headers: named });
    expect([wrong.status, right.status]).toEqual([400, 201]);
  });

  it('whose process died is free after two minutes, and forgotten after a day', async () => {
    const named = headers();
    const first = await ask(url, 'POST', '/admin/v1/keys', { body: newKey, headers: named });
    const change = (how: string) =>
      services.query(
        `UPDATE idempotent_requests SET ${how} WHERE begun_at = (SELECT max(begun_at) FROM idempotent_requests)`,
      );
    const again = () => ask(url, 'POST', '/admin/v1/keys', { body: newKey, headers: named });
    await change('status = NULL, answer = NULL');
    expect((await again()).status).toBe(409);
    await change(`begun_at = now() - interval '121 seconds'`);
    await services.query('DELETE FROM idempotent_requests WHERE status IS NOT NULL');
    const second = await again();
    expect(second.status).toBe(201);
    await change(`begun_at = now() - interval '24 hours 1 second'`);
    const third = await again();
    expect(new Set([first, second, third].map(({ json }) => json['id'])).size).toBe(3);
  });

  it.each([' ', 'a b', 'x'.repeat(256), 'é'])('is refused with the name "%s"', async (name) => {
    const named = { 'idempotency-key': Buffer.from(name).toString('latin1') };
    expect((await ask(url, 'POST', '/admin/v1/keys', { body: newKey, headers: named })).status).toBe(400);
  });
});

describe('opt-outs', () => {
  const msisdn = '+254700000231';

  it('are added, listed, masked and lifted', async () => {
    const body = { msisdn: '0700 000 231', account: 'demo', reason: 'a letter' };
    const added = await ask(url, 'POST', '/admin/v1/opt-outs', { body });
    expect(added.status).toBe(201);
    expect(added.json).toMatchObject({
      msisdn,
      provider: 'africastalking',
      account: 'demo',
      address: null,
      reason: 'a letter',
    });
    const again = await ask(url, 'POST', '/admin/v1/opt-outs', { body: { ...body, reason: 'another' } });
    expect(again.json).toEqual(added.json);
    const path = `/admin/v1/opt-outs?msisdn=${encodeURIComponent(msisdn)}&provider=africastalking`;
    expect((await ask(url, 'GET', path)).json['items']).toEqual([added.json]);

    const { key } = await makeKey(url, ['messages:send']);
    const masked = await ask(url, 'GET', '/admin/v1/opt-outs?account=demo', { key });
    expect(masked.json['items']).toMatchObject([{ msisdn: '+2547…231' }]);
    expect((await ask(url, 'GET', path, { key })).status).toBe(403);

    const remove = () => ask(url, 'DELETE', `/admin/v1/opt-outs/${String(added.json['id'])}`);
    expect([(await remove()).status, (await remove()).status]).toEqual([204, 404]);
    expect((await ask(url, 'GET', path)).json['items']).toEqual([]);
    const audited = async (action: string) =>
      (await ask(url, 'GET', `/admin/v1/audit?action=${action}&limit=1`)).json['items'];
    expect(await audited('opt-in')).toMatchObject([{ actor: 'environment', subject: added.json['id'] }]);
    expect(await audited('opt-out')).toMatchObject([
      { actor: 'environment', subject: '+2547…231', details: { account: 'demo' } },
    ]);
  });

  it('are found by numbers in either form, ours as well as theirs', async () => {
    const body = { account: 'demo', msisdn: '0700 000 232', address: '0711 082 000' };
    const { json } = await ask(url, 'POST', '/admin/v1/opt-outs', { body });
    expect(json).toMatchObject({ msisdn: '+254700000232', address: '+254711082000' });
    for (const filter of [
      'msisdn=0700000232&account=demo',
      'msisdn=0700000232&country=KE',
      'address=%2B254711082000',
      'address=0711082000&provider=africastalking',
      'address=254711082000',
    ]) {
      const found = await ask(url, 'GET', `/admin/v1/opt-outs?${filter}`);
      expect([filter, found.json['items']]).toEqual([filter, [json]]);
    }
    expect((await ask(url, 'GET', '/admin/v1/opt-outs?msisdn=0700000232&country=UG')).json['items']).toEqual([]);
    await ask(url, 'DELETE', `/admin/v1/opt-outs/${String(json['id'])}`);
  });

  it.each([
    ['an account that several providers have', { account: 'both', msisdn }, 'provider'],
    ['an unknown account', { account: 'nobody', msisdn }, 'account'],
    ['a number that is none', { account: 'demo', msisdn: '12' }, 'msisdn'],
  ])('need %s told apart', async (_name, body, field) => {
    const { status, json } = await ask(url, 'POST', '/admin/v1/opt-outs', { body });
    expect([status, json['errors']]).toEqual([400, [expect.objectContaining({ field })]]);
  });

  it.each([
    { account: 'cradlebots/both', msisdn },
    { account: 'both', provider: 'cradlebots', msisdn },
  ])('take the account as %p', async (body) => {
    const { json } = await ask(url, 'POST', '/admin/v1/opt-outs', { body });
    expect(json).toMatchObject({ provider: 'cradlebots', account: 'both' });
  });
});

describe('limits (#53)', () => {
  const from = (address: string) => ({ 'x-forwarded-for': address });
  const guess = (node: string, address: string, key: string) =>
    ask(node, 'GET', '/admin/v1/keys', { key, headers: from(address) });

  it('let an address guess ten keys in a quarter of an hour, over all nodes', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 12; n++) {
      statuses.push((await guess(n % 2 === 0 ? url : otherUrl, '203.0.113.7', `ongea_guess${String(n)}`)).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
    const right = await guess(url, '203.0.113.7', environmentKey);
    expect([right.status, Number(right.headers['retry-after']) > 60]).toEqual([429, true]);
    expect((await guess(otherUrl, '203.0.113.8', environmentKey)).status).toBe(200);
  });

  it('count the same wrong key once', async () => {
    const statuses = new Set<number>();
    for (let n = 0; n < 15; n++) statuses.add((await guess(url, '203.0.113.9', 'ongea_mistaken')).status);
    expect(statuses).toEqual(new Set([401]));
  });

  it('let a key ask 600 times a minute, over all nodes', async () => {
    const { key } = await makeKey(url, ['audit:read']);
    const statuses: number[] = [];
    for (let batch = 0; batch < 31; batch++) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          ask(n % 2 === 0 ? url : otherUrl, 'HEAD', '/admin/v1/audit?limit=1', { key }),
        ),
      );
      statuses.push(...answers.map(({ status }) => status));
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(600);
    expect(statuses.filter((status) => status === 429)).toHaveLength(20);
    expect((await ask(url, 'GET', '/admin/v1/audit?limit=1')).status).toBe(200);
  }, 30_000);

  it('hold in each process while Redis is away', async () => {
    await services.redis.stop();
    const statuses: number[] = [];
    for (let n = 0; n < 11; n++) statuses.push((await guess(url, '203.0.113.10', `ongea_away${String(n)}`)).status);
    await services.redis.restart();
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
  });
});

describe('what is not of the admin API', () => {
  it('keeps its empty 404', async () => {
    const { status, body } = await send(url, '/administration?key=secret', { method: 'GET' });
    expect([status, body]).toEqual([404, '']);
  });

  it('does not get an address back that cannot be read', async () => {
    const { status, body } = await send(url, '/ussd/%zz?key=secret');
    expect([status, body]).toEqual([400, '']);
  });
});

describe('while the database is away', () => {
  it('nobody is told more than that, and when to come again', async () => {
    await services.postgres.stop();
    for (const key of [environmentKey, 'ongea_anything']) {
      const { status, headers, json } = await ask(url, 'GET', '/admin/v1/keys', { key });
      expect([status, headers['retry-after'], json['detail']]).toEqual([503, '5', 'the database is away']);
    }
    const named = { 'idempotency-key': randomUUID() };
    expect((await ask(url, 'POST', '/admin/v1/keys', { body: newKey, headers: named })).status).toBe(503);
    await services.postgres.restart();
  }, 30_000);
});
