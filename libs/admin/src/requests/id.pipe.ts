import type { PipeTransform } from '@nestjs/common';
import { notFound } from '../problems/problem.js';

/** An id in the path; one that is no UUID cannot be that of anything. */
export class IdPipe implements PipeTransform<string, string> {
  /** @param what what there is none of, in words */
  constructor(private readonly what: string) {}

  /** @throws Problem 404 */
  transform(id: string): string {
    if (!/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(id)) throw notFound(this.what);
    return id.toLowerCase();
  }
}
