import type { StoredSession } from '@app/dialog';

/** What a stored text begins with at this version: the version in decimal digits and a colon. */
export function versionMark(version: number): string {
  return `${version}:`;
}

/** One session as one text, `<version>:<payload>`: a plain Redis string takes less memory than any other of its types. */
export function toStoredText({ version, payload }: StoredSession): string {
  return versionMark(version) + payload;
}

/** Undefined when the text was not made by {@link toStoredText}. */
export function fromStoredText(text: string): StoredSession | undefined {
  const colon = text.indexOf(':');
  const version = Number(text.slice(0, Math.max(colon, 0)));
  return Number.isSafeInteger(version) && version > 0 ? { version, payload: text.slice(colon + 1) } : undefined;
}
