import { allScopes, isScope, keyNameFault, makeKey, type Scope } from '@app/admin';
import { parseDuration } from '@app/dialog';
import { withAdminKeys } from '@app/postgres';
import type { AdminKey, AdminKeyStore, AuditDraft } from '@app/reporting';
import { databaseUrlOf } from '../database-url.js';
import { exitCodes, messageOf, Refused, WrongUse } from '../failures.js';
import { print, type Io } from '../io.js';

export interface NewKeyOptions {
  readonly name: string;
  readonly scope?: readonly string[];
  readonly all?: boolean;
  readonly expires?: string;
  readonly json?: boolean;
}

interface Printing {
  readonly json?: boolean;
}

/** Makes a key and prints it, alone on standard output. */
export async function createKey(
  io: Io,
  { name: given, scope = [], all = false, expires, json }: NewKeyOptions,
): Promise<number> {
  const now = new Date();
  if (all && scope.length > 0) throw new WrongUse('Name what the key may do with --scope, or everything with --all.');
  const scopes = all ? allScopes : readScopes(scope);
  const name = given.trim();
  const nameFault = keyNameFault(name);
  if (nameFault !== undefined) throw new WrongUse(`The name ${nameFault}.`);
  const expiresAt = expires === undefined ? undefined : readEnd(expires, now);
  const { key, secret, hash } = makeKey({ name, scopes, ...(expiresAt === undefined ? {} : { expiresAt }) }, now);
  await withKeys(io, (keys) => keys.create(key, hash, audit('key.created', key.id, now, { name, scopes: key.scopes })));
  if (json === true) print(io, JSON.stringify({ ...key, key: secret }));
  else {
    io.stderr.write(`Key "${name}" (${key.id}), ${endOf(key)}; it is shown this once:\n`);
    print(io, secret);
  }
  return exitCodes.well;
}

/** Prints every key, newest first. */
export async function listKeys(io: Io, { json }: Printing): Promise<number> {
  const keys = await withKeys(io, every);
  if (json === true) print(io, JSON.stringify(keys, null, 2));
  else if (keys.length === 0) print(io, 'There are no keys but that of ONGEA_ADMIN_KEY.');
  else for (const key of keys) print(io, `${key.id}  ${key.name}  ${standingOf(key)}  ${key.scopes.join(' ')}`);
  return exitCodes.well;
}

/** @throws Refused when there is no such key, or it is revoked already */
export async function revokeKey(io: Io, id: string, { json }: Printing): Promise<number> {
  const now = new Date();
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) throw new WrongUse(`"${id}" is not the id of a key.`);
  const outcome = await withKeys(io, (keys) => keys.revoke(id, now, audit('key.revoked', id.toLowerCase(), now)));
  if (outcome === 'unknown') throw new Refused(`There is no key ${id}, or it is revoked already.`);
  print(io, json === true ? JSON.stringify({ id: id.toLowerCase(), revokedAt: now }) : `The key ${id} is revoked.`);
  return exitCodes.well;
}

async function withKeys<T>(io: Io, work: (keys: AdminKeyStore) => Promise<T>): Promise<T> {
  const url = await databaseUrlOf(io);
  try {
    return await withAdminKeys(url, work);
  } catch (error) {
    const isEmpty = (error as { readonly code?: unknown }).code === '42P01';
    const reason = isEmpty ? 'it has no such table yet: run ongea migrate' : messageOf(error);
    throw new Refused(`The keys cannot be reached in the database: ${reason}`, { cause: error });
  }
}

function readScopes(words: readonly string[]): readonly Scope[] {
  // `--scope a,b` is what half of all people write.
  const given = words.flatMap((word) => word.split(',')).filter((word) => word !== '');
  const unknown = given.filter((word) => !isScope(word));
  if (unknown.length > 0)
    throw new WrongUse(`There is no scope ${unknown.join(', ')}. Scopes: ${allScopes.join(', ')}.`);
  if (given.length === 0) throw new WrongUse(`Name at least one --scope, or --all. Scopes: ${allScopes.join(', ')}.`);
  return given.filter(isScope);
}

function readEnd(text: string, now: Date): Date {
  const duration = parseDuration(text, 3_660 * 86_400_000);
  const end =
    duration === undefined
      ? new Date(/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : NaN)
      : new Date(now.getTime() + duration);
  if (!(end > now)) {
    throw new WrongUse(
      `"${text}" is no time to come: write 90d, or a time with its zone such as 2027-01-31T00:00:00Z.`,
    );
  }
  return end;
}

async function every(keys: AdminKeyStore): Promise<readonly AdminKey[]> {
  const all: AdminKey[] = [];
  let page = await keys.list({ limit: 500 });
  all.push(...page.items);
  while (page.next !== undefined) {
    page = await keys.list({ limit: 500, from: { position: page.next, towards: 'next' } });
    all.push(...page.items);
  }
  return all;
}

function standingOf(key: AdminKey): string {
  return key.revokedAt === undefined ? endOf(key) : `revoked ${key.revokedAt.toISOString()}`;
}

function endOf({ expiresAt }: AdminKey): string {
  return expiresAt === undefined ? 'without an end' : `until ${expiresAt.toISOString()}`;
}

function audit(action: string, subject: string, at: Date, details?: Readonly<Record<string, unknown>>): AuditDraft {
  return { at, actor: 'command-line', action, subject, ...(details === undefined ? {} : { details }) };
}
