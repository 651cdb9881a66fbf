import { crc32 } from 'node:zlib';
import type { Row } from '../row.js';

/** A row as one line of a segment: checksum, then what it covers. */
export function encodeFrame(row: Row): string {
  const content = `${JSON.stringify([row.kind, row.id])}\t${row.json}`;
  return `${checksum(content)} ${content}\n`;
}

/** What a segment holds: its whole rows in order, and how many lines before its end were damaged. */
export interface SegmentContent {
  readonly rows: readonly Row[];
  readonly damaged: number;
}

/** Reads a segment's text. A torn last line is what a crash leaves of an append that nobody was told of. */
export function decodeFrames(text: string): SegmentContent {
  const lines = text.split('\n');
  lines.pop();
  const rows: Row[] = [];
  let damaged = 0;
  for (const line of lines) {
    const row = decodeFrame(line);
    if (row === undefined) damaged++;
    else rows.push(row);
  }
  return { rows, damaged };
}

function decodeFrame(line: string): Row | undefined {
  const content = line.slice(9);
  if (line.length < 10 || line.slice(0, 8) !== checksum(content)) return undefined;
  // JSON escapes tabs, so the first one is ours.
  const end = content.indexOf('\t');
  const [kind, id] = JSON.parse(content.slice(0, end)) as [string, string];
  return { kind, id, json: content.slice(end + 1) };
}

function checksum(content: string): string {
  return crc32(content).toString(16).padStart(8, '0');
}
