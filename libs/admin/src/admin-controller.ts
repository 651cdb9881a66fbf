import { applyDecorators, Controller, UseFilters, UseGuards, UseInterceptors, UsePipes } from '@nestjs/common';
import { AdminGuard } from './access/admin.guard.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { adminValidation } from './problems/validation.pipe.js';
import { IdempotentPosts } from './requests/idempotency.interceptor.js';
import { StrictRequest } from './requests/strict-request.interceptor.js';

/**
 * A controller of the admin API under `/admin/v1/<path>`: guarded, strict about what it is sent, each POST idempotent for
 * whoever names it, its faults answered as problem details.
 */
export function AdminController(path: string): ClassDecorator {
  return applyDecorators(
    Controller(`admin/v1/${path}`),
    UseGuards(AdminGuard),
    UseInterceptors(StrictRequest, IdempotentPosts),
    UseFilters(ProblemFilter),
    UsePipes(adminValidation()),
  );
}
