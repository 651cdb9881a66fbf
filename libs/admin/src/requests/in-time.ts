import { Problem } from '../problems/problem.js';

/**
 * Says what would help where the database gave a query up.
 * @param help the parameter that asks for less
 * @throws Problem 503
 */
export async function inTime<T>(work: Promise<T>, help: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    if (code !== '57014' && message !== 'Query read timeout') throw error;
    throw new Problem(503, `that took too long: ask for less, for instance with ${help}`, {
      headers: { 'retry-after': '60' },
    });
  }
}
