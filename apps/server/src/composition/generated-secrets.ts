import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A secret of this installation, made and kept in the data folder where none was given. */
export interface GeneratedSecret {
  readonly value: string;
  /** It was made just now. */
  readonly fresh: boolean;
}

/**
 * Reads a secret of the data folder, or makes it; only its owner may read the file.
 * @throws Error for an empty file, as a full disk leaves it: an empty secret would let everybody in.
 */
export async function generatedSecret(dataDir: string, name: string): Promise<GeneratedSecret> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, name);
  const value = randomBytes(32).toString('base64url');
  try {
    // Whichever process is first makes it; the others read what it made.
    await writeFile(file, `${value}\n`, { flag: 'wx', mode: 0o600 });
    return { value, fresh: true };
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EEXIST') throw error;
    const kept = (await readFile(file, 'utf8')).trim();
    if (kept === '')
      throw new Error(`${file} is empty: delete it, and the next start makes a new one.`, { cause: error });
    return { value: kept, fresh: false };
  }
}
