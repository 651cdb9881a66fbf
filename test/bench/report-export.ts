import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { figureOf, median, type Figure } from './figures.js';
import type { ServerProcess } from './server-process.js';

/** What is measured, and of how many rows that are spread evenly over the days until then. */
export interface Exporting {
  readonly server: ServerProcess;
  readonly client: Client;
  readonly adminKey: string;
  readonly rows: number;
  readonly until: Date;
  readonly days: number;
  readonly say: (line: string) => void;
}

const exportedRows = 1_000_000;
const rounds = 3;
const sampleMs = 20;
const mebibyte = 2 ** 20;

/** The columns that an export has, as they are. */
const columns = `id, provider, account, source, external_id, direction, from_number, to_number, bridge, status,
  provider_status, hangup_cause, started_at, ended_at, duration_seconds, billable_seconds, cost_amount, cost_currency,
  campaign_id, flow_id, recording_url, final, matched, received_at, review_state, review_note, review_tags, review_by,
  review_at`;

/** S8: our CSV over HTTP against COPY TO of the same rows and columns, in turns; and how much our server grows meanwhile. */
export async function exportFigures(bench: Exporting): Promise<Figure[]> {
  const { server, client, rows, until, days, say } = bench;
  const part = Math.min(1, exportedRows / rows);
  const since = new Date(until.getTime() - days * part * 86_400_000).toISOString();
  const copy = `COPY (SELECT ${columns} FROM call_reports WHERE received_at >= '${since}') TO STDOUT`;
  const before = await server.residentMemory();
  const growth: number[] = [];
  const ratios: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const theirs = await speed(() => drained(client.query(copyTo(copy))));
    const memory = watch(server);
    const ours = await speed(() => exported(bench, since));
    growth.push(((await memory.highest()) - before) / mebibyte);
    ratios.push(ours / theirs);
    say(
      `Export, round ${round} of ${rounds}: ${ours.toFixed(0)} rows/s, COPY TO ${theirs.toFixed(0)} rows/s, ` +
        `resident memory ${growth.at(-1)!.toFixed(0)} MiB above ${(before / mebibyte).toFixed(0)} MiB`,
    );
  }
  const what = `rows/s of a CSV export of ${median([exportedRows, rows]) < exportedRows ? rows : exportedRows} rows against COPY TO`;
  return [
    figureOf({ id: 'S8', what, unit: '×', must: 0.3, aim: 0.6, atLeast: true }, ratios),
    figureOf({ id: 'S8', what: 'growth of resident memory by the export', unit: 'MiB', must: 50, aim: 50 }, [
      Math.max(...growth),
    ]),
  ];
}

/** Rows a second. */
async function speed(work: () => Promise<number>): Promise<number> {
  const began = performance.now();
  const lines = await work();
  return (lines / (performance.now() - began)) * 1_000;
}

async function drained(stream: NodeJS.ReadableStream): Promise<number> {
  let lines = 0;
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
      done();
    },
  });
  await pipeline(stream, sink);
  return lines;
}

async function exported({ server, adminKey }: Exporting, since: string): Promise<number> {
  const url = `${server.url}/admin/v1/call-reports/export?format=csv&receivedAfter=${since}`;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { headers: { authorization: `Bearer ${adminKey}` } }, resolve)
      .on('error', reject)
      .end();
  });
  if (answer.statusCode !== 200) throw new Error(`the export answers ${answer.statusCode}`);
  return drained(answer);
}

function watch(server: ServerProcess): { highest(): Promise<number> } {
  let [highest, isOver] = [0, false];
  const watching = (async () => {
    while (!isOver) {
      highest = Math.max(highest, await server.residentMemory());
      await new Promise((resolve) => setTimeout(resolve, sampleMs));
    }
  })();
  return {
    async highest() {
      isOver = true;
      await watching;
      return highest;
    },
  };
}
