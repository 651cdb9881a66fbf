// Our own server, but for where call reports go: BENCH_STORE=nowhere answers at once, BENCH_STORE=save has TypeORM save each.
import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { DataSource, EntitySchema } from 'typeorm';

const built = new URL('../../../dist/apps/server/', import.meta.url);
const ours = (path) => import(new URL(path, built).href);
const { providers } = await ours('libs/providers/src/index.js');
const { environmentLookUp, readEnvironment } = await ours('libs/settings/src/index.js');
const { loadWorkspace } = await ours('libs/workspace/src/index.js');
const { makeParts } = await ours('apps/server/src/composition/parts.js');
const { createApplication } = await ours('apps/server/src/composition/http-application.js');

const readFile = (path) => readFileSync(path, 'utf8');
const { environment, faults } = readEnvironment(process.env, readFile);
if (faults !== undefined) throw new Error(faults.map(({ message }) => message).join('\n'));
const lookUp = environmentLookUp(process.env, readFile);
const { workspace, problems } = await loadWorkspace({
  ...{ configFile: environment.configFile, lookUp, providers, production: environment.production },
});
if (workspace === undefined) throw new Error(JSON.stringify(problems));
const log = pino({ level: 'warn' });
const { databaseUrl, secrets } = environment;
const parts = await makeParts({ environment, workspace, databaseUrl, secrets, log });
const store = process.env.BENCH_STORE === 'save' ? await savingStore() : { keepCallReport: () => Promise.resolve() };
Object.defineProperty(parts.postgres, 'callReports', { value: store });
await parts.postgres.whenUp();
const app = await createApplication(parts, environment, 'no key');
await app.listen({ port: 0, host: '127.0.0.1' });
console.log(JSON.stringify({ url: await app.getUrl() }));

/** What one writes who knows TypeORM: an entity whose key keeps repeats out, and `save` for each request. */
async function savingStore() {
  const text = { type: 'text', nullable: true };
  const time = { type: 'timestamptz', nullable: true };
  const number = { type: 'double precision', nullable: true };
  const entity = new EntitySchema({
    name: 'saved_report',
    columns: {
      identity: { type: 'text', primary: true },
      ...{ receivedAt: time, provider: text, account: text, source: text },
      ...{ externalId: text, direction: text, from: text, to: text, bridge: text, status: text, providerStatus: text },
      ...{ startedAt: time, endedAt: time, durationSeconds: number, campaignId: text, flowId: text },
      ...{ recordingUrl: text, final: { type: 'boolean' }, matched: { type: 'boolean' }, raw: { type: 'jsonb' } },
    },
  });
  const dataSource = new DataSource({
    ...{ type: 'postgres', url: databaseUrl, schema: 'saving', entities: [entity], extra: { max: 12 } },
  });
  await dataSource.initialize();
  await dataSource.query('CREATE SCHEMA IF NOT EXISTS saving');
  await dataSource.synchronize();
  const repository = dataSource.getRepository(entity);
  return { keepCallReport: ({ id: _id, ...report }) => repository.save(report) };
}
