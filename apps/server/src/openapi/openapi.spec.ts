import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { pino } from 'pino';
import { sign } from '@app/provider-kit';
import { providers } from '@app/providers';
import { readEnvironment } from '@app/settings';
import { PrivatePostgres } from '@app/testing';
import { loadWorkspace } from '@app/workspace';
import { createApplication } from '../composition/http-application.js';
import { closeParts, makeParts, type Parts } from '../composition/parts.js';
import { botExamples } from './bot-paths.js';
import { mediaTypes, wireText, type WireExample } from './parts-of-a-description.js';
import { reportExamples } from './report-paths.js';
import { smsExamples } from './sms-paths.js';
import { ussdExamples } from './ussd-paths.js';
import { voiceExamples } from './voice-paths.js';

interface Served {
  readonly method: string;
  readonly url: string;
}

const adminKey = 'an-admin-key-of-the-tests';
const examples = Object.entries<readonly WireExample[]>({
  ...ussdExamples,
  ...smsExamples,
  ...voiceExamples,
  ...botExamples,
  ...reportExamples,
}).flatMap(([template, all]) =>
  all.map((example) => [`${example.provider}: ${example.summary}`, template, example] as const),
);
const helpers = /^\/docs\/.+\.(js|css)$/;

let folder: string;
let postgres: PrivatePostgres;
let parts: Parts;
let app: NestFastifyApplication;
let url: string;
let document: OpenAPIObject;
const served: Served[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ongea-openapi-'));
  postgres = await PrivatePostgres.start();
  ({ parts, app } = await makeApplication('development'));
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', (route) => {
      for (const method of [route.method].flat()) served.push({ method, url: route.url });
    });
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
  document = (await (await fetch(`${url}/docs-json`)).json()) as OpenAPIObject;
});

afterAll(async () => {
  await app.close();
  await closeParts(parts);
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

async function makeApplication(NODE_ENV: string): Promise<{ parts: Parts; app: NestFastifyApplication }> {
  const databaseUrl = await postgres.createDatabase();
  const reading = readEnvironment({ NODE_ENV, ONGEA_DATA_DIR: path.join(folder, NODE_ENV) }, () => '');
  if ('faults' in reading) throw new Error('the environment is at fault');
  const { environment } = reading;
  const configFile = 'examples/demo/ongea.yaml';
  const { workspace } = await loadWorkspace({ configFile, lookUp: () => ({}), providers, production: false });
  if (workspace === undefined) throw new Error('the demo is at fault');
  const log = pino({ level: 'silent' });
  const made = await makeParts({ environment, workspace, databaseUrl, secrets: ['a-secret-of-the-tests'], log });
  return { parts: made, app: await createApplication(made, environment, adminKey) };
}

/** What the document says of an answer: its media types; undefined where it does not know the status. */
function described(template: string, method: 'get' | 'post', status: number): readonly string[] | undefined {
  const response = document.paths[template]?.[method]?.responses[String(status)];
  return response === undefined || '$ref' in response ? undefined : Object.keys(response.content ?? {});
}

async function post(to: string, body: string, headers: Record<string, string>): Promise<Response> {
  const signature = sign({ algorithm: 'sha1', prefix: 'sha1=' }, Buffer.from(body), 'test');
  return fetch(`${url}${to}`, { method: 'POST', body, headers: { 'x-hub-signature': signature, ...headers } });
}

async function expectDescribed(template: string, answer: Response): Promise<void> {
  const types = described(template, 'post', answer.status);
  expect({ status: answer.status, known: types !== undefined }).toEqual({ status: answer.status, known: true });
  if ((await answer.text()) === '') return;
  expect(types).toContain(answer.headers.get('content-type')?.split(';')[0]);
}

describe('the description of the API', () => {
  it('has every route that is served, and no other', () => {
    const routes = served
      .filter((route) => route.method !== 'HEAD' && route.method !== 'OPTIONS' && !helpers.test(route.url))
      .map((route) => `${route.method} ${route.url.replace(/:(\w+)/g, '{$1}')}`);
    const known = Object.entries(document.paths).flatMap(([template, item]) =>
      (['get', 'post', 'put', 'patch', 'delete'] as const).flatMap((method) =>
        item[method] === undefined ? [] : [`${method.toUpperCase()} ${template}`],
      ),
    );
    expect(new Set(routes)).toEqual(new Set(known));
    expect(routes.length).toBeGreaterThan(7);
  });

  it('names schemas that are there', () => {
    const text = JSON.stringify(document);
    const named = Array.from(text.matchAll(/#\/components\/schemas\/(\w+)/g), ([, name]) => name);
    expect(Object.keys(document.components?.schemas ?? {})).toEqual(expect.arrayContaining(named));
    expect(named.length).toBeGreaterThan(5);
  });

  it.each(examples)('shows a request that is understood: %s', async (_name, template, example) => {
    const to = template
      .replace('{provider}', example.provider)
      .replace('{account}', 'demo')
      .replace('{topic}', 'a-topic');
    const body = wireText(example.encoding, example.fields);
    const answer = await post(to, body, { 'content-type': mediaTypes[example.encoding] });
    expect(answer.status).toBe(200);
    await expectDescribed(template, answer);
  });

  it.each([
    ['a turn without anything', '/ussd/{provider}/{account}', '/ussd/africastalking/demo', '{}', 400],
    ['a turn of Kairos that is no JSON', '/ussd/{provider}/{account}', '/ussd/kairos/demo', '{"a":', 400],
    ['an unknown account', '/ussd/{provider}/{account}', '/ussd/kairos/nobody', '{}', 404],
    ['a body that is too large', '/ussd/{provider}/{account}', '/ussd/kairos/demo', 'x'.repeat(300_000), 413],
    ['a report that is no JSON', '/ussd/{provider}/{account}/events', '/ussd/africastalking/demo/events', '{"a":', 400],
    ['a call of no node', '/bot/{provider}/{account}', '/bot/haptik/demo', '{}', 400],
  ])('knows the answer to %s', async (_name, template, to, body, status) => {
    const answer = await post(to, body, { 'content-type': 'application/json' });
    expect(answer.status).toBe(status);
    await expectDescribed(template, answer);
  });

  it('knows the answer to a wrong signature', async () => {
    const answer = await post('/bot/haptik/demo', '{}', { 'x-hub-signature': 'sha1=00' });
    expect(answer.status).toBe(401);
    await expectDescribed('/bot/{provider}/{account}', answer);
  });
});

describe('the page of the description', () => {
  it('loads nothing from elsewhere, and may not', async () => {
    const answer = await fetch(`${url}/docs`);
    const html = await answer.text();
    const loaded = Array.from(html.matchAll(/(?:src|href)="([^"]+)"/g), ([, address]) => address ?? '');
    expect(loaded.length).toBe(3);
    for (const address of loaded) {
      expect(address).toMatch(/^docs\/[\w.-]+$/);
      const asset = await fetch(new URL(address, `${url}/docs`));
      expect([asset.status, (await asset.text()).length > 50]).toEqual([200, true]);
    }
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval|script-src[^;]*unsafe/);
  });
});

describe('in production', () => {
  let guarded: Awaited<ReturnType<typeof makeApplication>>;
  let guardedUrl: string;

  beforeAll(async () => {
    guarded = await makeApplication('production');
    await guarded.app.listen(0, '127.0.0.1');
    guardedUrl = await guarded.app.getUrl();
  });

  afterAll(async () => {
    await guarded.app.close();
    await closeParts(guarded.parts);
  });

  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

  it.each(['/docs', '/docs-json', '/docs/swagger-ui.css', '/docs/page.js'])('%s asks for the admin key', async (to) => {
    const status = async (authorization?: string): Promise<number> => {
      const headers = authorization === undefined ? {} : { authorization };
      return (await fetch(`${guardedUrl}${to}`, { headers })).status;
    };
    expect(await status()).toBe(401);
    expect(await status('Bearer something-else')).toBe(401);
    expect(await status(basic('admin:something-else'))).toBe(401);
    expect(await status(basic(''))).toBe(401);
    expect(await status(`Bearer ${adminKey}`)).toBe(200);
    expect(await status(basic(`admin:${adminKey}`))).toBe(200);
  });
});
