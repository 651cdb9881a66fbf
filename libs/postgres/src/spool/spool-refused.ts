/** The spool cannot keep anything: its folder cannot be written, belongs to another process, or is full. */
export class SpoolRefused extends Error {
  override readonly name = 'SpoolRefused';
}
