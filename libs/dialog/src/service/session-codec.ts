import {
  Sealed,
  type Frame,
  type HeldVariables,
  type ShownOption,
  type UndoEntry,
  type WalkState,
} from '../engine/state.js';
import type { Value } from '../values.js';
import type { History } from './history.js';
import type { LastReply, Session } from './session.js';

/**
 * A session as one short text. Sessions are many and memory is dear, so it is a JSON list without names, with 0 for what
 * is not there and the end left off; times count from the start of the session, which is written to the base of 36.
 */
export function packSession(session: Session): string {
  const { last, claim, startedAt } = session;
  return packed([
    format,
    session.dialog,
    session.version,
    session.caller,
    startedAt.toString(36),
    session.turns,
    session.state ? packState(session.state, session.dialog) : 0,
    packHistory(session.history),
    last ? packReply(last, startedAt) : 0,
    session.ended ? 1 : 0,
    session.epoch,
    claim ? [claim.by, claim.until - startedAt] : 0,
    session.base ? packState(session.base, session.dialog) : 0,
    session.to ?? 0,
    session.language ?? 0,
  ]);
}

/** Undefined for a text of another format: such a session is as good as lost. */
export function unpackSession(text: string): Session | undefined {
  const list = JSON.parse(text) as Packed;
  if (list[0] !== format) return undefined;
  const [, dialog, version, caller, began, turns, state, history, last, ended, epoch, claim, base, to, language] =
    list as [
      number,
      string,
      string,
      string,
      string,
      number?,
      (Packed | 0)?,
      PackedHistory?,
      (Packed | 0)?,
      (0 | 1)?,
      number?,
      ([string, number] | 0)?,
      (Packed | 0)?,
      (string | 0)?,
      (string | 0)?,
    ];
  const startedAt = parseInt(began, 36);
  return {
    dialog,
    version,
    caller,
    startedAt,
    to: to || undefined,
    language: language || undefined,
    epoch: epoch ?? 0,
    turns: turns ?? 0,
    state: state ? unpackState(state, dialog) : undefined,
    history: unpackHistory(history),
    last: last ? unpackReply(last, startedAt) : undefined,
    claim: claim ? { by: claim[0], until: claim[1] + startedAt } : undefined,
    base: base ? unpackState(base, dialog) : undefined,
    ended: ended === 1,
  };
}

const format = 1;

type Packed = unknown[];
type PackedHistory =
  string | [lengths: number[], leadingStar: 0 | 1, kept: string | string[], sensitive: number[]] | 0 | undefined;

function packState(state: WalkState, root: string): Packed {
  return trimmed([
    packFrames(state.frames, root),
    state.language ?? 0,
    state.undo.map((entry) => packUndo(entry, state.language, root)),
    state.attempts,
    state.pages ?? 0,
    state.page,
    state.shown ?? 0,
    state.offeringResume ? 1 : 0,
  ]);
}

function unpackState(list: Packed, root: string): WalkState {
  const [frames, language, undo, attempts, pages, page, shown, offeringResume] = list as [
    Packed,
    (string | 0)?,
    (Packed[] | 0)?,
    number?,
    (string[] | 0)?,
    number?,
    (ShownOption[] | 0)?,
    (0 | 1)?,
  ];
  return {
    frames: unpackFrames(frames, root),
    language: language || undefined,
    undo: (undo || []).map((entry) => unpackUndo(entry, language || undefined, root)),
    attempts: attempts ?? 0,
    pages: pages || undefined,
    page: page ?? 0,
    shown: shown || undefined,
    offeringResume: offeringResume === 1,
  };
}

/** A frame that is the only one stands without a list around it. */
function packFrames([first, ...others]: readonly Frame[], root: string): Packed {
  if (first === undefined) return [];
  const frame = packFrame(first, root);
  return others.length === 0 ? frame : [frame, ...others.map((other) => packFrame(other, root))];
}

function unpackFrames(list: Packed, root: string): Frame[] {
  if (typeof list[0] === 'string') return [unpackFrame(list, root)];
  return (list as Packed[]).map((frame) => unpackFrame(frame, root));
}

function packFrame({ dialog, step, vars }: Frame, root: string): Packed {
  return trimmed([step, ...packVars(vars), dialog === root ? 0 : dialog]);
}

function unpackFrame(list: Packed, root: string): Frame {
  const [step, plain, sealed, dialog] = list as [
    string,
    Record<string, Value> | 0,
    Record<string, string> | 0,
    string | 0,
  ];
  return { dialog: dialog || root, step, vars: unpackVars(plain, sealed) };
}

/** `[name, values]` of plain variables, and sealed ones apart. */
function packVars(vars: HeldVariables): [plain: Record<string, Value> | 0, sealed: Record<string, string> | 0] {
  let sealed: Record<string, string> | 0 = 0;
  let plain = vars as Record<string, Value>;
  for (const name of Object.keys(vars)) {
    const value = vars[name];
    if (!(value instanceof Sealed)) continue;
    if (sealed === 0) {
      sealed = {};
      plain = { ...plain };
    }
    sealed[name] = value.box;
    Reflect.deleteProperty(plain, name);
  }
  return [plain, sealed];
}

function unpackVars(
  plain: Record<string, Value> | 0 | undefined,
  sealed: Record<string, string> | 0 | undefined,
): HeldVariables {
  const vars: HeldVariables = plain || {};
  if (sealed) for (const name of Object.keys(sealed)) vars[name] = new Sealed(sealed[name] ?? '');
  return vars;
}

function packUndo(entry: UndoEntry, language: string | undefined, root: string): Packed {
  const common = [entry.language === language ? 0 : [entry.language ?? 0], entry.shown ?? 0];
  if (entry.kind === 'stack') return [entry.frames.map((frame) => packFrame(frame, root)), ...trimmed(common)];
  const [plain, sealed] = packVars(entry.restore);
  return trimmed([entry.step, entry.unset, isEmpty(plain) ? 0 : plain, sealed, ...common]);
}

function unpackUndo(list: Packed, language: string | undefined, root: string): UndoEntry {
  const own = (packedLanguage: [string | 0] | 0 | undefined): string | undefined =>
    packedLanguage ? packedLanguage[0] || undefined : language;
  if (typeof list[0] !== 'string') {
    const [frames, packedLanguage, shown] = list as [Packed[], [string | 0] | 0, ShownOption[] | 0];
    return {
      kind: 'stack',
      frames: frames.map((frame) => unpackFrame(frame, root)),
      language: own(packedLanguage),
      shown: shown || undefined,
    };
  }
  const [step, unset, plain, sealed, packedLanguage, shown] = list as [
    string,
    string[] | 0,
    Record<string, Value> | 0,
    Record<string, string> | 0,
    [string | 0] | 0,
    ShownOption[] | 0,
  ];
  return {
    kind: 'step',
    step,
    unset: unset || [],
    restore: unpackVars(plain, sealed),
    language: own(packedLanguage),
    shown: shown || undefined,
  };
}

/** A readable history whose every star is the end of a hop is its text alone. */
function packHistory(history: History): PackedHistory {
  const { kept, lengths, leadingStar, sensitive } = history;
  if (kept.kind === 'text' && areAtStars(lengths, kept.text)) return kept.text === '' ? 0 : kept.text;
  return [[...lengths], leadingStar ? 1 : 0, kept.kind === 'text' ? kept.text : [...kept.digests], [...sensitive]];
}

function areAtStars(lengths: readonly number[], text: string): boolean {
  const stars = endsAtStars(text);
  return stars.length === lengths.length && stars.every((end, i) => lengths[i] === end);
}

/** Where hops end if every star but one at the beginning ends one; the dial first. */
function endsAtStars(text: string): number[] {
  const ends = [0];
  if (text === '') return ends;
  for (let star = text.indexOf('*', 1); star !== -1; star = text.indexOf('*', star + 1)) ends.push(star);
  ends.push(text.length);
  return ends;
}

function unpackHistory(list: PackedHistory): History {
  if (list === undefined || list === 0 || typeof list === 'string') {
    const text = list || '';
    return {
      lengths: endsAtStars(text),
      leadingStar: text.startsWith('*'),
      kept: { kind: 'text', text },
      sensitive: [],
    };
  }
  const [lengths, leadingStar, kept, sensitive] = list;
  return {
    lengths,
    leadingStar: leadingStar === 1,
    kept: typeof kept === 'string' ? { kind: 'text', text: kept } : { kind: 'digests', digests: kept },
    sensitive,
  };
}

function packReply(last: LastReply, startedAt: number): Packed {
  return trimmed([
    last.texts.length === 1 ? last.texts[0] : last.texts,
    last.at - startedAt,
    last.tookMs,
    (last.failed ? 1 : 0) + (last.broken ? 2 : 0),
    last.fingerprint ?? 0,
    last.choices?.map(({ label, value }) => [label, value]) ?? 0,
  ]);
}

function unpackReply(list: Packed, startedAt: number): LastReply {
  const [texts, at, tookMs, flags, fingerprint, choices] = list as [
    string | string[],
    number?,
    number?,
    number?,
    (string | 0)?,
    ([string, string][] | 0)?,
  ];
  return {
    texts: typeof texts === 'string' ? [texts] : texts,
    at: (at ?? 0) + startedAt,
    tookMs: tookMs ?? 0,
    failed: ((flags ?? 0) & 1) !== 0,
    broken: ((flags ?? 0) & 2) !== 0,
    fingerprint: fingerprint || undefined,
    choices: choices ? choices.map(([label, value]) => ({ label, value })) : undefined,
  };
}

function packed(list: Packed): string {
  return JSON.stringify(trimmed(list));
}

/** Without the zeros, empty lists and empty maps at the end. */
function trimmed(list: Packed): Packed {
  let length = list.length;
  while (length > 0 && isEmpty(list[length - 1])) length--;
  return length === list.length ? list : list.slice(0, length);
}

function isEmpty(value: unknown): boolean {
  if (value === 0) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
}
