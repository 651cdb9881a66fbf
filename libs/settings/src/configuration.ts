import { dirname, resolve } from 'node:path';
import type { Provider } from '@app/provider-kit';
import { readAccount, type AccountSettings } from './account-reader.js';
import { ConfigSource } from './config-source.js';
import type { DialogUse } from './dialog-uses.js';
import type { Fault } from './fault.js';
import { checkForwardIds, readForward, type ForwardSettings } from './forward-reader.js';
import { present } from './present.js';
import { ProviderList } from './provider-list.js';
import { readRanges } from './range-reader.js';
import { readRetention, type Retention } from './retention-reader.js';
import { Section } from './section.js';
import type { LookUp } from './variables.js';

const dayMs = 86_400_000;

/** `ongea.yaml`, checked, with defaults filled in. */
export interface Configuration extends Folders {
  /** CIDR ranges within private networks that our own requests may reach. */
  readonly http: { readonly allowPrivate: readonly string[] };
  readonly retention: Retention;
  /** Milliseconds after which a call that nothing is heard of any more counts as over. */
  readonly reconcile: { readonly closeAfter: number };
  readonly accounts: readonly AccountSettings[];
  readonly forwards: readonly ForwardSettings[];
}

/** Absolute paths; in the file they are relative to it. */
export interface Folders {
  readonly dialogs: string;
  readonly actions?: string;
}

/** What came of reading a configuration file. */
export interface ConfigurationReading {
  /** Absent where there are faults. */
  readonly configuration?: Configuration;
  /** Known despite faults, so that faulty dialogs can be reported in the same breath. */
  readonly folders: Folders;
  /** Where the file names dialogs: see `unknownDialogs`. */
  readonly dialogUses: readonly DialogUse[];
  readonly faults: readonly Fault[];
  /** What works but may surprise: credentials that are empty, keys that are not served yet. */
  readonly warnings: readonly Fault[];
}

/** How strictly a file is read, and what it may name. */
export interface ReadingOptions {
  readonly lookUp: LookUp;
  readonly providers: readonly Provider[];
  /** An account that nothing signs or guards is a fault then. */
  readonly production: boolean;
}

/** Reads a configuration file; all faults come at once, each with its place. */
export function readConfiguration(file: string, text: string, options: ReadingOptions): ConfigurationReading {
  const source = new ConfigSource(file, text, options.lookUp);
  const uses: DialogUse[] = [];
  const map = source.root();
  const root = map === undefined ? undefined : new Section(source, map, 'the configuration');
  const folders = readFolders(file, root);
  if (root === undefined) return { folders, dialogUses: uses, faults: source.faults, warnings: source.warnings };
  const providers = new ProviderList(options.providers);
  const configuration: Configuration = {
    ...folders,
    http: { allowPrivate: readAllowPrivate(root) },
    retention: readRetention(root),
    reconcile: readReconcile(root),
    accounts: readAccounts(root, providers, uses, options.production),
    forwards: readForwards(root),
  };
  root.end();
  const { faults, warnings } = source;
  const reading = { folders, dialogUses: uses, faults, warnings };
  return faults.length > 0 ? reading : { ...reading, configuration };
}

function readFolders(file: string, root: Section | undefined): Folders {
  const actions = root?.text('actions');
  const within = (folder: string): string => resolve(dirname(file), folder);
  return {
    dialogs: within(root?.text('dialogs') ?? 'dialogs'),
    ...present({ actions: actions === undefined ? undefined : within(actions) }),
  };
}

function readForwards(root: Section): readonly ForwardSettings[] {
  const sections = root.sections('forwards', 'a forward');
  const forwards = sections.map(readForward);
  checkForwardIds(sections, forwards);
  return forwards;
}

function readReconcile(root: Section): Configuration['reconcile'] {
  const section = root.section('reconcile');
  const closeAfter = section?.duration('closeAfter') ?? dayMs;
  section?.end();
  return { closeAfter };
}

function readAllowPrivate(root: Section): readonly string[] {
  const http = root.section('http');
  const ranges = http === undefined ? [] : readRanges(http, 'allowPrivate');
  http?.end();
  return ranges;
}

const howToGuard = 'in production it needs webhookKeys, allowFrom or open: true';

/** Reads all accounts; in production, one that nothing signs or guards is a fault. */
function readAccounts(
  root: Section,
  providers: ProviderList,
  uses: DialogUse[],
  production: boolean,
): readonly AccountSettings[] {
  const seen = new Set<string>();
  return root.sections('accounts', 'an account').flatMap((section) => {
    const account = readAccount(section, providers, uses);
    if (account === undefined) return [];
    const name = `${account.provider}/${account.account}`;
    if (seen.has(name))
      root.source.fault(section.placeOf('account'), `the account ${name} is there twice`, 'write another name');
    seen.add(name);
    if (production && !providers.guards(account)) {
      root.source.fault(section.at, `nothing signs the calls of the account ${name}`, howToGuard);
    }
    return [account];
  });
}
