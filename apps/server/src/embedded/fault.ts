/** The private Postgres cannot be had; the message is one line that says what is wrong and what to do. */
export class EmbeddedPostgresFault extends Error {
  override readonly name = 'EmbeddedPostgresFault';
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of the path is no folder',
};

/** The system's code of an error (`ENOENT`, or an SQLSTATE from `pg`), or undefined. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Runs a step that writes below `folder`; a disk that refuses becomes an `EmbeddedPostgresFault`. */
export async function writing<T>(folder: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const reason = reasons[codeOf(error) ?? ''];
    if (reason === undefined) throw error;
    throw new EmbeddedPostgresFault(
      `Cannot write to ${folder}: ${reason}. ` +
        'Set ONGEA_DATA_DIR to a folder that this user may write to, or DATABASE_URL to a Postgres of your own.',
      { cause: error },
    );
  }
}
