import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, environmentKey } from './support/admin.js';
import { Cleanup } from './support/cleanup.js';
import { ReportingServer } from './support/reporting-server.js';

const cleanup = new Cleanup();
let server: ReportingServer;

beforeAll(async () => {
  server = await ReportingServer.start(cleanup, ['review', 'merge']);
}, 60_000);
afterAll(() => cleanup.run(), 30_000);

describe('a review', () => {
  const patch = (id: string, body: unknown, ifMatch?: string, key = environmentKey) =>
    ask(server.url, 'PATCH', `/admin/v1/call-reports/${id}/review`, {
      ...{ body, key },
      ...(ifMatch === undefined ? {} : { headers: { 'if-match': ifMatch } }),
    });

  it('is put down with who and when, keeps what it leaves out, and is in the audit log', async () => {
    await server.report('review', { uuid: 'r-1', disposition: 'BUSY' });
    const { id } = await server.onlyOf('review');
    const first = await patch(
      id,
      { state: 'flagged', note: 'call again', tags: [' loud ', 'price', 'loud'] },
      undefined,
      server.maskedKey,
    );
    expect([first.status, first.json['review']]).toEqual([
      200,
      { state: 'flagged', note: 'call again', tags: ['loud', 'price'], by: 'of a test', at: expect.any(String) },
    ]);
    expect((await server.list('account=review&tag=loud&review=flagged')).items).toHaveLength(1);
    const second = await patch(id, { state: 'reviewed' });
    expect(second.json['review']).toMatchObject({ state: 'reviewed', note: 'call again', tags: ['loud', 'price'] });
    const third = await patch(id, { state: 'reviewed', note: null, tags: null });
    expect(third.json['review']).toMatchObject({ note: null, tags: [], by: 'environment' });
    expect(third.json['reviews']).toMatchObject([{ state: 'flagged' }, { state: 'reviewed' }, { state: 'reviewed' }]);
    const audit = await ask(server.url, 'GET', '/admin/v1/audit?action=report.reviewed');
    expect(audit.json['items']).toMatchObject([
      { subject: id },
      { subject: id },
      { subject: id, details: { state: 'flagged' } },
    ]);
  });

  it('is refused with a stale If-Match, and taken with a fresh one, any, or none', async () => {
    const { id } = await server.onlyOf('review');
    const read = await ask(server.url, 'GET', `/admin/v1/call-reports/${id}`);
    const tag = String(read.headers['etag']);
    const known = { headers: { 'if-none-match': `W/${tag}` } };
    expect((await ask(server.url, 'GET', `/admin/v1/call-reports/${id}`, known)).status).toBe(304);
    const taken = await patch(id, { state: 'flagged' }, `"other", ${tag}`);
    expect([taken.status, taken.headers['etag'] === tag]).toEqual([200, false]);
    for (const stale of [tag, `W/${String(taken.headers['etag'])}`, 'nonsense', '""']) {
      const refused = await patch(id, { state: 'new' }, stale);
      expect([stale, refused.status, refused.contentType]).toEqual([
        stale,
        412,
        'application/problem+json; charset=utf-8',
      ]);
    }
    expect((await patch(id, { state: 'new' }, '*')).status).toBe(200);
    expect((await patch('01999999-9999-7999-8999-999999999999', { state: 'new' }, '*')).status).toBe(404);
  });

  it.each<[string, unknown]>([
    ['no state', {}],
    ['an unknown state', { state: 'done' }],
    ['an unknown field', { state: 'new', by: 'somebody' }],
    ['a note of 4001 characters', { state: 'new', note: 'x'.repeat(4_001) }],
    ['a note with NUL', { state: 'new', note: 'a\u0000b' }],
    ['a note with half a character', { state: 'new', note: '\ud800' }],
    ['a note that is no text', { state: 'new', note: 5 }],
    ['21 tags', { state: 'new', tags: Array.from({ length: 21 }, (_, i) => `t${i}`) }],
    ['a tag of 65 characters', { state: 'new', tags: ['x'.repeat(65)] }],
    ['an empty tag', { state: 'new', tags: [' '] }],
    ['a tag that is no text', { state: 'new', tags: [1] }],
    ['tags that are no list', { state: 'new', tags: 'a' }],
  ])('with %s is refused', async (_what, body) => {
    const { id } = await server.onlyOf('review');
    expect((await patch(id, body)).status).toBe(400);
  });

  it('survives a further report of the call', async () => {
    await server.report('merge', { uuid: 'm-1', disposition: 'ANSWERED', billsec: 3, caller: '0700000201' });
    const { id } = await server.onlyOf('merge');
    await patch(id, { state: 'reviewed', note: 'ok' });
    await server.report('merge', { uuid: 'm-1', disposition: 'DONE', billsec: 9 });
    const { json } = await ask(server.url, 'GET', `/admin/v1/call-reports/${id}`);
    expect(json).toMatchObject({
      ...{ status: 'completed', durationSeconds: 9, from: '+254700000201' },
      review: { state: 'reviewed', note: 'ok' },
      raws: [{ raw: { billsec: 3 } }, { raw: { billsec: 9 } }],
      history: [{ fields: { status: 'answered', durationSeconds: 3 } }],
      reviews: [{ state: 'reviewed' }],
    });
  });
});
