import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { adminPaths, allScopes, type Scope } from '@app/admin';
import { ask, environmentKey, makeKey, type AdminAnswer } from './support/admin.js';
import { Cleanup } from './support/cleanup.js';
import { startInProcess } from './support/server-in-process.js';
import { startServices, type Services } from './support/services.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

interface Operation {
  readonly 'x-scopes': readonly Scope[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: unknown }>> };
}

interface Route {
  readonly method: string;
  readonly path: string;
  readonly scopes: readonly Scope[];
  readonly body?: unknown;
}

const nobody = '01999999-9999-7999-8999-999999999999';
const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

const routes: readonly Route[] = Object.entries(adminPaths).flatMap(([path, item]) =>
  methods.flatMap((method) => {
    const operation = item[method] as unknown as Operation | undefined;
    if (operation === undefined) return [];
    const body = operation.requestBody?.content['application/json']?.example;
    return [{ method: method.toUpperCase(), path, scopes: operation['x-scopes'], body }];
  }),
);
const table = routes.map((route) => [`${route.method} ${route.path}`, route] as const);
const withParameters = table.filter(([, { path }]) => path.includes('{'));

const cleanup = new Cleanup();
let services: Services;
let url: string;
const keys = new Map<string, string>();

beforeAll(async () => {
  services = await startServices(cleanup);
  const accounts = [
    { provider: 'africastalking', account: 'demo', country: 'KE', open: true, ussd: { default: 'shamba' } },
  ];
  const workspace = await WorkspaceFolder.make(cleanup, { accounts, demo: true });
  const server = await startInProcess(cleanup, workspace, { ...services.settings, ONGEA_ADMIN_KEY: environmentKey });
  ({ url } = server);
  await server.parts.postgres.whenUp();
  for (const scope of allScopes) await prepare([scope]);
  for (const { scopes } of routes) {
    await prepare(scopes);
    for (const missing of scopes) await prepare(allScopes.filter((scope) => scope !== missing));
  }
}, 120_000);
afterAll(() => cleanup.run(), 30_000);

async function prepare(scopes: readonly Scope[]): Promise<void> {
  if (keys.has(nameOf(scopes))) return;
  keys.set(nameOf(scopes), (await makeKey(url, scopes)).key);
}

function nameOf(scopes: readonly Scope[]): string {
  return [...scopes].sort().join(' ');
}

function call({ method, path, body }: Route, key: string, id = nobody, query = ''): Promise<AdminAnswer> {
  return ask(url, method, `${path.replace(/\{\w+\}/g, id)}${query}`, { key, body });
}

function isLet(answer: AdminAnswer): boolean {
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.status).toBeLessThan(500);
  const lacks = answer.status === 403 && String(answer.json['detail']).startsWith('the key lacks the scope');
  return answer.status !== 401 && !lacks;
}

describe('every route of the admin API (#54)', () => {
  it('is in the document that the server gives out', async () => {
    const document = (await ask(url, 'GET', '/docs-json')).json as unknown as OpenAPIObject;
    const served = Object.keys(document.paths).filter((path) => path.startsWith('/admin/'));
    expect(served.sort()).toEqual(Object.keys(adminPaths).sort());
    expect(routes.length).toBeGreaterThan(6);
    expect(routes.filter(({ scopes }) => scopes.length === 0)).toEqual([]);
  });

  it.each(table)('lets each scope alone into %s only where it is all that is needed', async (_name, route) => {
    const lets: Record<string, boolean> = {};
    for (const scope of allScopes) lets[scope] = isLet(await call(route, keys.get(scope) ?? ''));
    const wanted = allScopes.map((scope) => [scope, route.scopes.every((needed) => needed === scope)]);
    expect(lets).toEqual(Object.fromEntries(wanted));
  });

  it.each(table)('lets exactly the scopes of the description into %s', async (_name, route) => {
    expect(isLet(await call(route, keys.get(nameOf(route.scopes)) ?? ''))).toBe(true);
    for (const missing of route.scopes) {
      const others = allScopes.filter((scope) => scope !== missing);
      const answer = await call(route, keys.get(nameOf(others)) ?? '');
      expect([answer.status, answer.contentType]).toEqual([403, 'application/problem+json; charset=utf-8']);
    }
  });

  it('knows neither no key nor a wrong, expired or revoked one (#53)', async () => {
    const [expired, revoked] = [await makeKey(url, allScopes), await makeKey(url, allScopes)];
    const past = `UPDATE admin_keys SET expires_at = now() - interval '1 second' WHERE id = $1`;
    await services.query(past, [expired.id]);
    expect((await ask(url, 'DELETE', `/admin/v1/keys/${revoked.id}`)).status).toBe(204);
    for (const route of routes) {
      for (const key of ['', 'ongea_wrong', expired.key, revoked.key]) {
        const { status, headers, json } = await call(route, key);
        expect([route.path, key, status, headers['www-authenticate']]).toEqual([route.path, key, 401, 'Bearer']);
        expect(json['detail']).toBe('a valid admin key is needed: Authorization: Bearer <key>');
      }
    }
  });

  it.each(table)('refuses a parameter that %s does not know', async (_name, route) => {
    const { status, json } = await call(route, environmentKey, nobody, '?unknown=1');
    expect([status, json['errors']]).toEqual([
      400,
      expect.arrayContaining([expect.objectContaining({ field: 'unknown' })]),
    ]);
  });

  it.each(withParameters)('finds nobody and nothing odd at %s', async (_name, route) => {
    for (const id of [nobody, 'not-a-uuid', '%00', '..%2f..', "'%20OR%20''='", 'é', '%F0%9F%98%80', 'x'.repeat(150)]) {
      const { status } = await call(
        route,
        environmentKey,
        encodeURI(decodeURIComponent(id)) === id ? id : encodeURI(id),
      );
      expect([id, [200, 202, 204, 400, 404, 409].includes(status)]).toEqual([id, true]);
    }
  });
});
