import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readSendFixture, SendRefused, sendErrors } from '@app/provider-kit';
import type { Account, Provider, SendFixture, SendReading, SendReply } from '@app/provider-kit';
import { hostileValues, mutated, randomFrom } from '@app/testing';
import { providers } from './index.js';

const senders = providers.filter(({ send }) => send !== undefined);

function fixturesOf({ id }: Provider): SendFixture[] {
  const folder = new URL(`${id}/sends/`, import.meta.url);
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files.map((file) => readSendFixture(file.replace(/\.json$/, ''), readFileSync(new URL(file, folder), 'utf8')));
}

const accountOf = (provider: Provider, { account }: SendFixture): Account => ({
  ...{
    provider: provider.id,
    account: 'demo',
    timezone: 'UTC',
    credentials: {},
    resendUncertain: false,
    airtimeAllow: [],
  },
  ...{ endpoints: {}, webhookKeys: [], allowFrom: [], open: true, secrets: [], repeatWindowMs: 1_500, options: {} },
  ...account,
});

function render(provider: Provider, fixture: SendFixture): SendFixture['expect'] {
  try {
    return { request: provider.send!.renderSend(fixture.sending, accountOf(provider, fixture)) };
  } catch (error) {
    if (error instanceof SendRefused) return { refused: error.code };
    throw error;
  }
}

/** Each message that was sent has one outcome, of a known kind. */
function expectSound(reading: SendReading, { sending }: SendFixture): void {
  if (reading.kind === 'failed') {
    expect(Object.keys(sendErrors)).toContain(reading.error);
    expect(reading.detail?.length ?? 0).toBeLessThanOrEqual(500);
    expect(reading.retryAfterMs ?? 0).toBeGreaterThanOrEqual(0);
    return;
  }
  const ids = sending.kind === 'call' ? [sending.order.id] : sending.recipients.map(({ messageId }) => messageId);
  const told = reading.outcomes.map((outcome) => (outcome.kind === 'settled' ? outcome.result : outcome).messageId);
  expect(told).toEqual(ids);
  for (const outcome of reading.outcomes) {
    if (outcome.kind === 'failed') expect(Object.keys(sendErrors)).toContain(outcome.error);
    expect(JSON.stringify(outcome)).not.toMatch(/\0|\p{Surrogate}/u);
  }
}

it.each(senders)('$id shows what each kind of sending looks like', (provider) => {
  const kinds = new Set(fixturesOf(provider).map(({ sending }) => sending.kind));
  expect(kinds).toEqual(new Set(provider.send!.kinds));
  expect(provider.send!.maxRecipients).toBeGreaterThan(0);
});

describe.each(senders)('$id', (provider) => {
  const fixtures = fixturesOf(provider);
  const answered = fixtures.filter(({ reply }) => reply !== undefined);
  const read = (fixture: SendFixture, reply: SendReply): SendReading =>
    provider.send!.readSend(reply, fixture.sending, accountOf(provider, fixture));

  it.each(fixtures)('$name is sent with the expected bytes', (fixture) => {
    expect(render(provider, fixture)).toEqual(fixture.expect);
  });

  it.each(answered)('$name has its answer understood', (fixture) => {
    const reading = read(fixture, fixture.reply!);
    expect(reading).toEqual(fixture.reading);
    expectSound(reading, fixture);
  });

  it.each(answered)('#27 $name failing for everybody fails alike, whatever the body is', (fixture) => {
    for (const body of [
      '',
      '<html><body>502 Bad Gateway</body></html>',
      '{"SMSMessageData":{}}',
      fixture.reply!.body,
    ]) {
      const failed = (status: number, headers = {}): SendReading => read(fixture, { status, headers, body });
      for (const status of [500, 502, 503, 504]) {
        expect(failed(status)).toMatchObject({ kind: 'failed', error: 'provider-error' });
        expect(failed(status, { 'retry-after': '3' })).toMatchObject({ retryAfterMs: 3_000 });
      }
      const date = 'Wed, 04 Mar 2026 10:30:00 GMT';
      expect(failed(429, { 'retry-after': '7' })).toMatchObject({ error: 'rate-limited', retryAfterMs: 7_000 });
      expect(failed(429, { 'retry-after': 'Wed, 04 Mar 2026 10:30:09 GMT', date })).toMatchObject({
        retryAfterMs: 9_000,
      });
      expect(failed(429)).not.toHaveProperty('retryAfterMs');
      expect(failed(401)).toMatchObject({ error: 'credentials-refused' });
      for (const status of [400, 403, 404, 413, 422])
        expect(failed(status)).toMatchObject({ error: 'request-refused' });
    }
  });

  it.each(answered)(
    '#27 $name with a good status and an answer that nobody can read may have been carried out',
    (fixture) => {
      for (const body of [
        '',
        'OK',
        '<html>200</html>',
        '[]',
        'null',
        '{}',
        '{"SMSMessageData":null}',
        '{"SMSMessageData":{"Recipients":{}}}',
        '{"entries":7}',
      ])
        expect(read(fixture, { status: 200, headers: {}, body })).toMatchObject({
          kind: 'failed',
          error: 'reply-unreadable',
        });
    },
  );

  it('#38 reads 5 000 mutated answers', () => {
    const random = randomFrom(27_038);
    const seen = new Set<string>();
    for (let i = 0; i < 5_000; i++) {
      const fixture = answered[random(answered.length)]!;
      const body = mutated(Buffer.from(fixture.reply!.body), random).toString('utf8');
      const reading = read(fixture, { ...fixture.reply!, body });
      expectSound(reading, fixture);
      seen.add(reading.kind);
    }
    expect(seen.size).toBe(2);
  });

  it('#38 reads answers whose values are of a wrong kind', () => {
    for (const fixture of answered) {
      for (const value of hostileValues) {
        const swap = (name: string, member: unknown): unknown =>
          /^(?:status|statusCode|cost|messageId|number|sessionId)$/.test(name) ? value : member;
        for (const body of [fixture.reply!.body]) {
          if (!body.startsWith('{')) continue;
          const changed = JSON.stringify(JSON.parse(body, swap));
          expectSound(read(fixture, { ...fixture.reply!, body: changed }), fixture);
        }
      }
    }
  });
});
