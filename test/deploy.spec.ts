import { beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { readDockerfile, type Instruction } from './support/dockerfile.js';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '..');
const read = (name: string): Promise<string> => readFile(path.join(root, name), 'utf8');

interface Service {
  readonly image: string;
  readonly restart: string;
  readonly profiles?: readonly string[];
  readonly cap_drop: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt: readonly string[];
  readonly read_only?: boolean;
  readonly init?: boolean;
  readonly stop_grace_period?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes: readonly string[];
  readonly networks?: readonly string[] | Readonly<Record<string, { readonly ipv4_address: string }>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly deploy: { readonly resources: { readonly limits: Readonly<Record<string, unknown>> } };
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, null>>;
}

let text: string;
let compose: Compose;

beforeAll(async () => {
  text = await read('docker-compose.yml');
  compose = parse(text, { merge: true }) as Compose;
});

// The words of the Compose Specification that we use; a slip of the pen is none of them.
const serviceKeys = new Set(
  (
    'build cap_add cap_drop command depends_on deploy entrypoint env_file environment healthcheck image init logging ' +
    'network_mode networks ports profiles read_only restart security_opt shm_size stop_grace_period tmpfs volumes'
  ).split(' '),
);

const service = (name: string): Service => compose.services[name]!;
const networksOf = ({ networks = [] }: Service): readonly string[] =>
  Array.isArray(networks) ? networks : Object.keys(networks);
/** Source and target of each volume of a service. */
const mountsOf = ({ volumes }: Service): readonly (readonly string[])[] =>
  volumes.map((each) => each.replace(/^\$\{\w+:-([^}]*)\}/, '$1').split(':'));

describe('docker-compose.yml', () => {
  it('has a server, its databases, the maker of secrets, and Caddy in the profile tls alone', () => {
    expect(Object.keys(compose.services).sort()).toEqual(['caddy', 'postgres', 'redis', 'secrets', 'server']);
    const optional = Object.entries(compose.services).filter(([, { profiles }]) => profiles !== undefined);
    expect(optional.map(([name, { profiles }]) => [name, profiles])).toEqual([['caddy', ['tls']]]);
  });

  it('uses no word that Compose does not know', () => {
    const keys = Object.values(compose.services).flatMap((each) => Object.keys(each));
    expect(keys.filter((key) => !serviceKeys.has(key))).toEqual([]);
    const top = Object.keys(compose).filter((key) => !key.startsWith('x-'));
    expect(top.sort()).toEqual(['networks', 'services', 'volumes']);
  });

  it('comes up with no variable set', () => {
    expect(text.match(/\$\{[^}]*\}/g)!.filter((each) => !/^\$\{\w+:-[^}]*\}$/.test(each))).toEqual([]);
  });

  it.each(['server', 'postgres', 'redis', 'secrets', 'caddy'])('gives %s no more than it needs', (name) => {
    const { cap_drop, cap_add = [], security_opt, deploy } = service(name);
    expect(cap_drop).toEqual(['ALL']);
    const needed = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'NET_BIND_SERVICE', 'SETGID', 'SETUID'];
    expect(cap_add.filter((each) => !needed.includes(each))).toEqual([]);
    expect(security_opt).toContain('no-new-privileges:true');
    expect(deploy.resources.limits).toEqual({
      cpus: expect.any(String),
      memory: expect.any(String),
      pids: expect.any(Number),
    });
  });

  it('runs the server without capabilities, on a read-only root, with an init and 15 s to stop in', () => {
    expect(service('server')).toMatchObject({ init: true, read_only: true, stop_grace_period: '15s' });
    expect(service('server').cap_add).toBeUndefined();
  });

  it.each(['server', 'postgres', 'redis', 'caddy'])('starts %s again when it ends', (name) => {
    expect(service(name).restart).toBe('unless-stopped');
  });

  it('shows the databases to the server alone', () => {
    expect(compose.networks['data']?.internal).toBe(true);
    for (const name of ['postgres', 'redis']) {
      expect(networksOf(service(name))).toEqual(['data']);
      expect(service(name).ports).toBeUndefined();
    }
    const onData = Object.keys(compose.services).filter((name) => networksOf(service(name)).includes('data'));
    expect(onData.sort()).toEqual(['postgres', 'redis', 'server']);
  });

  it('shows the server itself to this machine alone', () => {
    expect(service('server').ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:/)]);
  });

  it('keeps what Redis is told on disk', () => {
    const command = service('redis').command!;
    expect(command[command.indexOf('--appendonly') + 1]).toBe('yes');
    expect(mountsOf(service('redis'))).toContainEqual(['redis-data', '/data']);
  });

  it('waits until the databases are well and the secrets are made', () => {
    expect(service('server').depends_on).toEqual({
      secrets: { condition: 'service_completed_successfully' },
      postgres: { condition: 'service_healthy' },
      redis: { condition: 'service_healthy' },
    });
    expect(service('caddy').depends_on).toEqual({ server: { condition: 'service_healthy' } });
  });

  it('can tell whether each service is well', async () => {
    for (const name of ['postgres', 'redis', 'caddy']) expect(service(name).healthcheck?.test).toBeDefined();
    expect(await read('Dockerfile')).toMatch(/^HEALTHCHECK /m);
  });

  it('names only services, networks, volumes and files that are there', () => {
    for (const each of Object.values(compose.services)) {
      for (const name of Object.keys(each.depends_on ?? {})) expect(compose.services).toHaveProperty(name);
      for (const name of networksOf(each)) expect(compose.networks).toHaveProperty(name);
      for (const [source = ''] of mountsOf(each)) {
        if (source.startsWith('.')) expect(existsSync(path.join(root, source)) ? source : `no ${source}`).toBe(source);
        else expect(compose.volumes).toHaveProperty(source);
      }
    }
  });

  it('believes the forwarded address of Caddy alone', () => {
    const { networks } = service('caddy');
    expect(networks).toEqual({ edge: { ipv4_address: service('server').environment!['ONGEA_TRUSTED_PROXIES'] } });
  });

  it('holds no secret itself', () => {
    const values = Object.values(compose.services).flatMap(({ environment = {} }) => Object.entries(environment));
    const secrets = values.filter(([name]) => /PASSWORD|SECRET|KEY|DATABASE_URL|REDIS_URL/.test(name));
    expect(secrets.length).toBeGreaterThan(0);
    for (const [name, value] of secrets)
      expect([name, value]).toEqual([expect.stringMatching(/_FILE$/), expect.stringMatching(/^\/run\//)]);
  });
});

describe('deploy/make-secrets.sh', () => {
  const inFolder = async (work: (given: string, secrets: string) => Promise<void>): Promise<void> => {
    const folder = await mkdtemp(path.join(tmpdir(), 'ongea-secrets-'));
    const [given, secrets] = [path.join(folder, 'given'), path.join(folder, 'secrets')];
    await mkdir(given);
    for (const name of ['server', 'postgres', 'redis']) await mkdir(path.join(secrets, name), { recursive: true });
    await work(given, secrets).finally(() => rm(folder, { recursive: true }));
  };
  const make = (given: string, secrets: string) =>
    run('sh', [path.join(root, 'deploy/make-secrets.sh')], { env: { ...process.env, GIVEN: given, SECRETS: secrets } });
  const all = async (secrets: string): Promise<Record<string, string>> => {
    const names = (await readdir(secrets, { recursive: true })).filter((name) => name.includes(path.sep));
    const texts = await Promise.all(names.map((name) => readFile(path.join(secrets, name), 'utf8')));
    return Object.fromEntries(names.map((name, index) => [name, texts[index]!]));
  };

  it('makes every file that docker-compose.yml names', () =>
    inFolder(async (given, secrets) => {
      await make(given, secrets);
      for (const name of ['server', 'postgres', 'redis']) {
        const mount = mountsOf(service(name)).find(([source]) => source === `${name}-secrets`)!;
        const words = JSON.stringify([service(name).environment, service(name).command, service(name).healthcheck]);
        const files = [...words.matchAll(new RegExp(`${mount[1]!}/([\\w.-]+)`, 'g'))].map((match) => match[1]!);
        expect(files.length).toBeGreaterThan(0);
        expect(await readdir(path.join(secrets, name))).toEqual(expect.arrayContaining(files));
        expect(mountsOf(service('secrets'))).toContainEqual([mount[0], `/secrets/${name}`]);
      }
    }));

  it('makes long secrets, different ones, and keeps them from then on', () =>
    inFolder(async (given, secrets) => {
      await make(given, secrets);
      const first = await all(secrets);
      const own = ['server/secret', 'server/admin-key', 'postgres/password', 'redis/password'].map(
        (name) => first[name]!,
      );
      expect(new Set(own).size).toBe(own.length);
      for (const each of own) expect(each).toMatch(/^[0-9a-f]{64}$/);
      await make(given, secrets);
      expect(await all(secrets)).toEqual(first);
    }));

  it('takes a given secret, without the end of its line', () =>
    inFolder(async (given, secrets) => {
      await writeFile(path.join(given, 'postgres-password'), 'our-own-one\n');
      await make(given, secrets);
      expect(await all(secrets)).toMatchObject({
        'postgres/password': 'our-own-one',
        'server/database-url': 'postgres://ongea:our-own-one@postgres:5432/ongea',
      });
    }));

  it('refuses a password that a URL cannot hold, in one line', () =>
    inFolder(async (given, secrets) => {
      await writeFile(path.join(given, 'redis-password'), 'a/b@c');
      await expect(make(given, secrets)).rejects.toMatchObject({
        stderr: 'deploy/secrets/redis-password may hold letters, digits and . _ ~ - alone\n',
      });
    }));
});

describe('the Dockerfile', () => {
  let stages: readonly (readonly Instruction[])[];
  let last: readonly Instruction[];
  const words = (name: string): readonly string[] => last.filter((each) => each.name === name).map(({ rest }) => rest);

  beforeAll(async () => {
    stages = readDockerfile(await read('Dockerfile'));
    last = stages.at(-1)!;
  });

  it('builds in stages of Node 24 on Debian and runs in a slim one', () => {
    const bases = stages.map(([from]) => from!.rest.split(' ')[0]);
    expect(bases).toEqual(bases.map(() => 'node:24-bookworm-slim'));
    expect(stages.length).toBeGreaterThan(1);
  });

  it('copies from stages and folders that are there', () => {
    const named = stages.flatMap(([from]) => / AS (\w+)$/.exec(from!.rest)?.[1] ?? []);
    const copies = stages.flat().filter(({ name }) => name === 'COPY');
    for (const { rest } of copies) {
      const from = /^--from=(\w+)/.exec(rest)?.[1];
      if (from !== undefined) expect(named).toContain(from);
      else
        for (const source of rest.split(' ').slice(0, -1))
          expect(existsSync(path.join(root, source)) || source).toBe(true);
    }
  });

  it('lets in what it copies, and nothing else', async () => {
    const ignore = (await read('.dockerignore')).split('\n');
    expect(ignore.find((line) => line !== '' && !line.startsWith('#'))).toBe('*');
    const copied = stages.flat().filter(({ name, rest }) => name === 'COPY' && !rest.startsWith('--from'));
    const sources = copied.flatMap(({ rest }) => rest.split(' ').slice(0, -1));
    expect(
      ignore
        .filter((line) => line.startsWith('!'))
        .map((line) => line.slice(1))
        .sort(),
    ).toEqual([...new Set(sources)].sort());
  });

  it('takes no package for development into the image', () => {
    const from = words('COPY').find((rest) => rest.endsWith('./node_modules'))!;
    const stage = stages.find(([first]) => first!.rest.endsWith(` AS ${/--from=(\w+)/.exec(from)![1]!}`))!;
    expect(stage.map(({ rest }) => rest)).toContainEqual(expect.stringMatching(/^npm ci .*--omit=dev/));
  });

  it('runs as a user without rights, who owns nothing but the data folder', () => {
    expect(words('USER')).toEqual(['node']);
    expect(words('VOLUME')).toEqual(['/data']);
    expect(words('RUN').join(' ')).toContain('chown node:node /data');
    const user = last.findIndex(({ name }) => name === 'USER');
    expect(last.slice(user).filter(({ name }) => name === 'RUN' || name === 'COPY')).toEqual([]);
    expect(words('COPY').filter((rest) => rest.includes('--chown'))).toEqual([]);
  });

  it('listens on every address, keeps its data in /data, and stops at SIGTERM', () => {
    expect(words('ENV').join(' ').split(' ')).toEqual(
      expect.arrayContaining(['NODE_ENV=production', 'HOST=0.0.0.0', 'ONGEA_DATA_DIR=/data']),
    );
    expect(words('STOPSIGNAL')).toEqual(['SIGTERM']);
  });

  it('starts node itself, so that signals reach the server', () => {
    const command = JSON.parse(words('CMD')[0]!) as readonly string[];
    expect([command[0], command.at(-1)]).toEqual(['node', 'dist/apps/server/apps/server/src/main.js']);
  });

  it('asks after its health with node alone, and the question can be answered yes and no', async () => {
    const check = /CMD (\[.*\])$/.exec(words('HEALTHCHECK')[0]!)![1]!;
    const [program, ...rest] = JSON.parse(check) as readonly string[];
    expect(program).toBe('node');
    const { createServer } = await import('node:http');
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/health/ready' && ready ? 200 : 503;
      response.end();
    });
    let ready = true;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const PORT = String((server.address() as { port: number }).port);
    const ask = () => run(process.execPath, rest, { env: { ...process.env, PORT } });
    await expect(ask()).resolves.toBeDefined();
    ready = false;
    await expect(ask()).rejects.toMatchObject({ code: 1 });
    await new Promise((resolve) => server.close(resolve));
    await expect(ask()).rejects.toMatchObject({ code: 1 });
  });
});

describe('deploy/Caddyfile', () => {
  it('takes the domain from the environment and hands everything to the server', async () => {
    const caddyfile = await read('deploy/Caddyfile');
    expect(caddyfile).toMatch(/^\{\$ONGEA_DOMAIN\} \{$/m);
    expect(caddyfile).toMatch(/^\treverse_proxy server:3000$/m);
    expect(service('caddy').environment).toHaveProperty('ONGEA_DOMAIN');
    expect(mountsOf(service('caddy'))).toContainEqual(['./deploy/Caddyfile', '/etc/caddy/Caddyfile', 'ro']);
  });
});
