import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readFields, readFixture, type Fields, type Fixture } from '@app/provider-kit';
import { providers } from '@app/providers';
import { signed } from './gateways.js';
import type { Sent } from './send.js';
import { root } from './workspace-folder.js';

/** A fixture and the provider in whose folder it lies. */
export interface ProviderFixture extends Fixture {
  readonly provider: string;
}

/** Every fixture of a channel that holds conversations at once: USSD and bots. */
export function turnFixtures(): readonly ProviderFixture[] {
  return allFixtures().filter(({ request }) => /^\/(?:ussd|bot)\//.test(request.path));
}

/** Every fixture of every provider of the list. */
export function allFixtures(): readonly ProviderFixture[] {
  return providers.flatMap(({ id }) => {
    const folder = path.join(root, 'libs/providers/src', id, 'fixtures');
    const files = existsSync(folder) ? readdirSync(folder) : [];
    return files.map((file) => {
      const text = readFileSync(path.join(folder, file), 'utf8');
      return { ...readFixture(file.replace(/\.json$/, ''), text), provider: id };
    });
  });
}

export type Encoding =
  'as recorded' | 'form' | 'JSON' | 'form labelled JSON' | 'JSON labelled form' | 'multipart' | 'JSON without a label';

const form = 'application/x-www-form-urlencoded';
const json = 'application/json';

/** The request of a fixture in every form that it may take; one that is not as recorded is signed anew where it was signed well. */
export function encodingsOf(fixture: ProviderFixture): ReadonlyMap<Encoding, Sent> {
  const { request, account, signature } = fixture;
  const original = label(request.contentType);
  const fields = readFields(Buffer.from(request.body), request.contentType, {});
  const others = signature === 'bad' ? [] : otherEncodings(fields);
  const secret = signature === 'good' ? account.secrets?.[0] : undefined;
  return new Map<Encoding, Sent>([
    ['as recorded', { ...request, headers: { ...request.headers, ...original } }],
    ...others.map(([name, body, contentType]): [Encoding, Sent] => {
      const signature = secret === undefined ? {} : signed(body, secret);
      const recorded = Object.fromEntries(
        Object.entries(request.headers).filter(([header]) => header.toLowerCase() !== 'x-hub-signature'),
      );
      return [name, { method: request.method, body, headers: { ...recorded, ...label(contentType), ...signature } }];
    }),
  ]);
}

function label(contentType: string | undefined): Record<string, string> {
  return contentType === undefined ? {} : { 'content-type': contentType };
}

function otherEncodings(fields: Fields): [Encoding, string, string | undefined][] {
  const flat = Object.entries(fields)
    .filter(([, value]) => value !== null)
    .map(([name, value]): [string, string] => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
  const asForm = new URLSearchParams(flat).toString();
  const asJson = JSON.stringify(fields);
  const parts = flat.map(
    ([name, value]) => `--b0\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return [
    ['form', asForm, `${form}; charset=utf-8`],
    ['JSON', asJson, `${json}; charset=utf-8`],
    ['form labelled JSON', asForm, json],
    ['JSON labelled form', `\ufeff ${asJson}\n`, form],
    ['JSON without a label', asJson, undefined],
    ['multipart', `${parts.join('')}--b0--\r\n`, 'multipart/form-data; boundary=b0'],
  ];
}
