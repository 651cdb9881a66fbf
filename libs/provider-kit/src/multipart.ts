import { maxFields } from './form.js';
import { PayloadRejected } from './rejections.js';
import { emptyRecord, isUnsafeName } from './unsafe-names.js';

/** A multipart body begins with its boundary, at most 70 characters after two dashes (RFC 2046, section 5.1.1). */
const opening = /^--([^\r\n]{1,70})\r?\n(?:[^\r\n]+\r?\n){0,5}?content-disposition: *form-data/i;
const label = /^multipart\/form-data;.*?boundary="?([^";,]{1,70})"?/i;
const blankLine = /\r?\n\r?\n/;
const partName = /^content-disposition:[^\r\n]*?; *name=(?:"([^"\r\n]*)"|([^\s;]+))/im;
const fileName = /^content-disposition:[^\r\n]*; *filename\*?=/im;

/** The boundary of a body that is multipart: as its content shows it, else as its label names it and it holds it. */
export function multipartBoundary(text: string, contentType: string | undefined): string | undefined {
  const shown = text.startsWith('--') ? opening.exec(text)?.[1] : undefined;
  if (shown !== undefined) return shown.trimEnd();
  const named = contentType === undefined ? undefined : label.exec(contentType)?.[1];
  return named !== undefined && text.includes(`\n--${named}`) ? named : undefined;
}

/**
 * Reads the texts of a multipart form; files are left out. Of a name given twice the last one counts.
 * @throws PayloadRejected `body-malformed` where the closing boundary is missing or there are too many parts
 */
export function parseMultipart(text: string, boundary: string): Record<string, string> {
  const fields = emptyRecord<string>();
  const parts = `\n${text}`.split(`\n--${boundary}`, maxFields + 3);
  // What stands before the first boundary is no part; what stands behind the closing one begins with two dashes.
  const closing = parts.findIndex((part, i) => i > 0 && part.startsWith('--'));
  if (closing === -1 || closing > maxFields + 1) throw new PayloadRejected('body-malformed');
  for (const part of parts.slice(1, closing)) {
    const [name, value] = readPart(part);
    if (name !== '' && !isUnsafeName(name)) fields[name] = value;
  }
  return fields;
}

function readPart(part: string): readonly [name: string, value: string] {
  const blank = blankLine.exec(part);
  if (blank === null) throw new PayloadRejected('body-malformed');
  const head = part.slice(0, blank.index);
  if (fileName.test(head)) return ['', ''];
  const [, quoted, bare] = partName.exec(head) ?? [];
  return [quoted ?? bare ?? '', part.slice(blank.index + blank[0].length).replace(/\r$/, '')];
}
