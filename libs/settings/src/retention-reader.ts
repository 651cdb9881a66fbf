import { parseDuration } from '@app/dialog';
import type { Section } from './section.js';

/** How long each class of data is kept when the file says nothing. */
const defaults = {
  callReports: '730d',
  deliveryEvents: '365d',
  messages: '365d',
  transcripts: '30d',
  inbox: '30d',
  sessionReports: '365d',
} as const;

export type RetentionClass = keyof typeof defaults;

/** Milliseconds, by class of data. */
export type Retention = Readonly<Record<RetentionClass, number>>;

/** Reads `retention`. */
export function readRetention(root: Section): Retention {
  const section = root.section('retention');
  const read = (name: RetentionClass): number =>
    section?.duration(name) ?? parseDuration(defaults[name], Infinity) ?? 0;
  const retention = {
    callReports: read('callReports'),
    deliveryEvents: read('deliveryEvents'),
    messages: read('messages'),
    transcripts: read('transcripts'),
    inbox: read('inbox'),
    sessionReports: read('sessionReports'),
  };
  section?.end();
  return retention;
}
