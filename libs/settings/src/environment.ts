import 'reflect-metadata';
import { plainToInstance, Transform } from 'class-transformer';
import {
  ArrayNotEmpty,
  IsIn,
  IsOptional,
  IsPort,
  IsUrl,
  Matches,
  ValidateBy,
  type ValidationOptions,
  validateSync,
} from 'class-validator';
import { rangeFault } from '@app/provider-kit';
import type { Fault } from './fault.js';
import { environmentLookUp, type RawEnvironment, type ReadFile } from './variables.js';
import { present } from './present.js';

const roles = ['gateway', 'admin', 'worker'] as const;
const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const logFormats = ['pretty', 'json'] as const;

/** What a process does. */
export type Role = (typeof roles)[number];
export type LogLevel = (typeof logLevels)[number];

/** The environment, checked, with defaults filled in; what is generated or found at start is left out. */
export interface Environment {
  /** `NODE_ENV=production`. */
  readonly production: boolean;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Without a slash at its end; absent: `http://HOST:PORT`, known once the server listens. */
  readonly publicUrl?: string;
  /** Absent: a private Postgres in the data folder. */
  readonly databaseUrl?: string;
  /** Absent: sessions in memory. Nodes of a cluster stand with commas between them. */
  readonly redisUrl?: string;
  /** Absent: `ongea.yaml`, else the demo's. */
  readonly configFile?: string;
  readonly dataDir: string;
  /** The first writes, all read. Empty: generated in the data folder. */
  readonly secrets: readonly string[];
  /** Absent: generated on the first start. */
  readonly adminKey?: string;
  readonly roles: readonly Role[];
  /** CIDR ranges or single addresses. */
  readonly trustedProxies: readonly string[];
  readonly logLevel: LogLevel;
  /** Absent: pretty on a terminal, else JSON. */
  readonly logFormat?: (typeof logFormats)[number];
}

export type EnvironmentReading = { readonly environment: Environment } | { readonly faults: readonly Fault[] };

const list = (text: string): string[] =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

const asList = Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? list(value) : value));

// The first node with a scheme; only the shape is checked here, whoever connects reads it.
const redisUrl = /^rediss?:\/\/[^\s,/][^\s,]*(?:\s*,\s*(?:rediss?:\/\/)?[^\s,/]+\/?)*$/;

/** A list of texts passes the test. */
function Passes(test: (entries: readonly string[]) => boolean, options: ValidationOptions): PropertyDecorator {
  const validate = (entries: string[]): boolean => test(entries);
  return ValidateBy({ name: 'passes', validator: { validate } }, options);
}

// Messages name no value of a variable that may hold a secret or a password.
class Variables {
  @IsOptional()
  @IsPort({ message: 'PORT must be a whole number from 0 to 65535, not "$value"' })
  PORT?: string;

  @IsOptional()
  @Matches(/^[A-Za-z0-9.:-]+$/, { message: 'HOST must be a host name or an address, not "$value"' })
  HOST?: string;

  @IsOptional()
  @IsUrl(
    {
      protocols: ['http', 'https'],
      require_protocol: true,
      require_tld: false,
      allow_fragments: false,
      allow_query_components: false,
    },
    { message: 'ONGEA_PUBLIC_URL must be an http or https address without a query, such as https://ongea.example' },
  )
  ONGEA_PUBLIC_URL?: string;

  @IsOptional()
  @Matches(/^postgres(ql)?:\/\/\S+$/, { message: 'DATABASE_URL must begin with postgres:// or postgresql://' })
  DATABASE_URL?: string;

  @IsOptional()
  @Matches(redisUrl, {
    message: 'REDIS_URL must be redis://host:port (or rediss://…); further nodes of a cluster follow after commas',
  })
  REDIS_URL?: string;

  @IsOptional()
  ONGEA_CONFIG?: string;

  @IsOptional()
  ONGEA_DATA_DIR?: string;

  @IsOptional()
  @asList
  @ArrayNotEmpty({ message: 'ONGEA_SECRET holds no secret' })
  ONGEA_SECRET?: string[];

  @IsOptional()
  ONGEA_ADMIN_KEY?: string;

  @IsOptional()
  @asList
  @ArrayNotEmpty({ message: 'ONGEA_ROLES names no role' })
  @IsIn(roles, { each: true, message: `ONGEA_ROLES takes ${roles.join(', ')}, joined by commas` })
  ONGEA_ROLES?: Role[];

  @IsOptional()
  @asList
  @Passes((entries) => entries.every((entry) => rangeFault(entry) === undefined), {
    message: 'ONGEA_TRUSTED_PROXIES takes addresses and ranges such as 10.0.0.0/8, joined by commas',
  })
  ONGEA_TRUSTED_PROXIES?: string[];

  @IsOptional()
  @IsIn(logLevels, { message: `LOG_LEVEL is one of ${logLevels.join(', ')}; not "$value"` })
  LOG_LEVEL?: LogLevel;

  @IsOptional()
  @IsIn(logFormats, { message: `LOG_FORMAT is one of ${logFormats.join(', ')}; not "$value"` })
  LOG_FORMAT?: (typeof logFormats)[number];

  @IsOptional()
  NODE_ENV?: string;
}

const names = [
  'PORT',
  'HOST',
  'ONGEA_PUBLIC_URL',
  'DATABASE_URL',
  'REDIS_URL',
  'ONGEA_CONFIG',
  'ONGEA_DATA_DIR',
  'ONGEA_SECRET',
  'ONGEA_ADMIN_KEY',
  'ONGEA_ROLES',
  'ONGEA_TRUSTED_PROXIES',
  'LOG_LEVEL',
  'LOG_FORMAT',
  'NODE_ENV',
] as const satisfies readonly (keyof Variables)[];

/** Reads and checks every variable of the environment; faults come all at once and show no secret. */
export function readEnvironment(env: RawEnvironment, readFile: ReadFile): EnvironmentReading {
  const lookUp = environmentLookUp(env, readFile);
  const found = names.map((name) => ({ name, ...lookUp(name) }));
  const unread = found.flatMap(({ fault }) => (fault === undefined ? [] : [{ message: fault }]));
  const values = Object.fromEntries(found.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
  const variables = plainToInstance(Variables, values);
  const wrong = validateSync(variables, { forbidUnknownValues: true }).flatMap((error) =>
    Object.values(error.constraints ?? {}).map((message) => ({ message })),
  );
  const faults = [...unread, ...wrong, ...missingSecret(found, variables)];
  return faults.length > 0 ? { faults } : { environment: environmentOf(variables) };
}

/** Nodes that share a Redis must share the secret too; in production none is made up for them. */
function missingSecret(found: readonly { name: string; fault?: string }[], variables: Variables): Fault[] {
  const secretIsFaulty = found.some(({ name, fault }) => name === 'ONGEA_SECRET' && fault !== undefined);
  const needed = variables.NODE_ENV === 'production' && variables.REDIS_URL !== undefined;
  if (!needed || secretIsFaulty || variables.ONGEA_SECRET !== undefined) return [];
  return [{ message: 'ONGEA_SECRET is required with REDIS_URL in production', hint: 'the same one on every node' }];
}

function environmentOf(variables: Variables): Environment {
  return {
    production: variables.NODE_ENV === 'production',
    host: variables.HOST ?? '127.0.0.1',
    port: Number(variables.PORT ?? 3000),
    dataDir: variables.ONGEA_DATA_DIR ?? '.ongea',
    secrets: variables.ONGEA_SECRET ?? [],
    roles: variables.ONGEA_ROLES ?? roles,
    trustedProxies: variables.ONGEA_TRUSTED_PROXIES ?? [],
    logLevel: variables.LOG_LEVEL ?? 'info',
    ...present({
      publicUrl: variables.ONGEA_PUBLIC_URL?.replace(/\/+$/, ''),
      databaseUrl: variables.DATABASE_URL,
      redisUrl: variables.REDIS_URL,
      configFile: variables.ONGEA_CONFIG,
      adminKey: variables.ONGEA_ADMIN_KEY,
      logFormat: variables.LOG_FORMAT,
    }),
  };
}
