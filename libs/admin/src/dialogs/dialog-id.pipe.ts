import type { PipeTransform } from '@nestjs/common';
import { notFound } from '../problems/problem.js';

/** The id of a dialog in the path; what no file could be named cannot be that of any. */
export class DialogIdPipe implements PipeTransform<string, string> {
  /** @throws Problem 404 */
  transform(id: string): string {
    if (!/^[A-Za-z0-9._-]{1,128}$/.test(id)) throw notFound('dialog');
    return id;
  }
}
