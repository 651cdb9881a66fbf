import { Presets, SingleBar } from 'cli-progress';
import { AdminClient, detailOf, type AdminWords } from '../admin-client.js';
import { exitCodes, Refused, WrongUse } from '../failures.js';
import { print, type Io } from '../io.js';
import { counted } from '../problem-list.js';

export interface ReplayWords extends AdminWords {
  readonly all?: boolean;
  readonly state?: string;
  readonly route?: string;
  readonly provider?: string;
  readonly account?: string;
  readonly json?: boolean;
}

/** What became of one record. */
interface Replayed {
  readonly id: string;
  readonly replayed: boolean;
  readonly status: number;
  /** Why it was not replayed. */
  readonly reason?: string;
}

const pageSize = 500;
const statesOfAll = ['kept', 'failed'];

/**
 * Has records of the inbox handled again; resolves to 1 where one of them was not.
 * @throws WrongUse where it is not clear which; Refused where the server cannot be asked
 */
export async function replay(io: Io, ids: readonly string[], words: ReplayWords): Promise<number> {
  const chosen = [words.state, words.route, words.provider, words.account].some((option) => option !== undefined);
  if (words.all === true ? ids.length > 0 : ids.length === 0 || chosen) {
    throw new WrongUse('Name the records to replay, or choose them with --all and its options.');
  }
  const client = AdminClient.of(io, words);
  const wanted = words.all === true ? await find(client, words) : ids;
  const outcomes = await replayEach(io, client, wanted);
  const failed = outcomes.filter(({ replayed }) => !replayed);
  if (words.json === true) print(io, JSON.stringify(outcomes, null, 2));
  else {
    for (const { id, reason } of failed) print(io, `${id}: ${reason ?? ''}`);
    print(
      io,
      `${counted(outcomes.length - failed.length, 'record')} replayed, ${counted(failed.length, 'record')} not.`,
    );
  }
  return failed.length > 0 ? exitCodes.faults : exitCodes.well;
}

/** Ids, oldest first: what was told first is told first again. */
async function find(client: AdminClient, { state, route, provider, account }: ReplayWords): Promise<string[]> {
  const found: { readonly id: string; readonly receivedAt: string }[] = [];
  for (const wanted of state === undefined ? statesOfAll : [state]) {
    const filter = Object.entries({ state: wanted, route, provider, account, limit: String(pageSize) });
    const query = new URLSearchParams(filter.filter((entry): entry is [string, string] => entry[1] !== undefined));
    for (let cursor: string | null = ''; cursor !== null;) {
      if (cursor !== '') query.set('cursor', cursor);
      const { status, json } = await client.ask('GET', `/admin/v1/inbox?${query.toString()}`);
      if (status !== 200) throw new Refused(`The inbox cannot be read: ${detailOf(json)}`);
      const page = json as { readonly items: typeof found; readonly nextCursor: string | null };
      found.push(...page.items);
      cursor = page.nextCursor;
    }
  }
  return found.sort((one, other) => (one.receivedAt < other.receivedAt ? -1 : 1)).map(({ id }) => id);
}

async function replayEach(io: Io, client: AdminClient, ids: readonly string[]): Promise<Replayed[]> {
  const bar = new SingleBar(
    { stream: io.stderr, format: '{bar} {percentage} % | {value} of {total}' },
    Presets.shades_classic,
  );
  const outcomes: Replayed[] = [];
  if (ids.length > 1) bar.start(ids.length, 0);
  try {
    for (const id of ids) {
      const { status, json } = await client.ask('POST', `/admin/v1/inbox/${encodeURIComponent(id)}/replay`);
      const replayed = status === 200;
      outcomes.push({ id, replayed, status, ...(replayed ? {} : { reason: detailOf(json) }) });
      bar.increment();
    }
  } finally {
    bar.stop();
  }
  return outcomes;
}
