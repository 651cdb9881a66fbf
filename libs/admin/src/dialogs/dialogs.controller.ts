import { Get, Inject, Param, Query } from '@nestjs/common';
import { IsOptional, Matches } from 'class-validator';
import { DialogCatalog, type Clock, type DialogVersion } from '@app/dialog';
import type { DialogQueries, KeptDialogVersion, Page, PageRequest, SessionQueries } from '@app/reporting';
import { Scopes } from '../access/admin.guard.js';
import { AdminController } from '../admin-controller.js';
import { listAnswer, pageRequest, type ListAnswer } from '../paging/cursor.js';
import { IsInstant, ListQuery } from '../paging/list.query.js';
import { rangeOf } from '../paging/range.js';
import { shownTime } from '../personal/masking.js';
import { notFound } from '../problems/problem.js';
import { inTime } from '../requests/in-time.js';
import { ADMIN_CLOCK, DIALOG_QUERIES, SESSION_QUERIES } from '../tokens.js';
import { DialogIdPipe } from './dialog-id.pipe.js';

class FunnelQuery {
  @IsOptional()
  @Matches(/^[0-9a-f]{8,64}$/, { message: 'must be the hash of a version, or its first 8 digits and more' })
  readonly version?: string;

  @IsOptional()
  @IsInstant()
  readonly after?: Date;

  @IsOptional()
  @IsInstant()
  readonly before?: Date;
}

/** What is served, and how far people come in it. */
@AdminController('dialogs')
export class DialogsController {
  constructor(
    @Inject(DialogCatalog) private readonly catalog: DialogCatalog,
    @Inject(DIALOG_QUERIES) private readonly dialogs: DialogQueries,
    @Inject(SESSION_QUERIES) private readonly sessions: SessionQueries,
    @Inject(ADMIN_CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Scopes('dialogs:read')
  async list(@Query() { limit, cursor }: ListQuery): Promise<ListAnswer<unknown>> {
    const open = await this.dialogs.openSessions(new Date(this.clock.now()));
    const page = pageOf(this.catalog.versions, pageRequest(cursor, limit, 'dialogs'));
    return listAnswer(page, 'dialogs', (version) => ({ ...shown(version), openSessions: open.get(version.id) ?? 0 }));
  }

  /** Dialogs that are no longer served are found as well, as long as a version of them is kept. */
  @Get(':id')
  @Scopes('dialogs:read')
  async get(@Param('id', DialogIdPipe) id: string): Promise<unknown> {
    const versions = await this.dialogs.versions(id);
    const current = this.catalog.current(id);
    const definition = current ?? (await this.last(id, versions));
    if (definition === undefined) throw notFound('dialog');
    return {
      ...shown(definition),
      served: current !== undefined,
      definition: definition.sources[id] ?? null,
      runs: Object.keys(definition.sources).filter((other) => other !== id),
      versions: versions.map(({ version, firstSeen, lastSeen }) => ({
        ...{ version, current: version === current?.version },
        firstSeen: shownTime(firstSeen),
        lastSeen: shownTime(lastSeen),
      })),
    };
  }

  @Get(':id/funnel')
  @Scopes('dialogs:read')
  async funnel(
    @Param('id', DialogIdPipe) id: string,
    @Query() { version, after, before }: FunnelQuery,
  ): Promise<unknown> {
    if (this.catalog.current(id) === undefined && (await this.dialogs.versions(id)).length === 0) {
      throw notFound('dialog');
    }
    const now = new Date(this.clock.now());
    return { steps: await inTime(this.sessions.funnel(id, version, rangeOf(after, before), now), 'after') };
  }

  private async last(id: string, [newest]: readonly KeptDialogVersion[]): Promise<DialogVersion | undefined> {
    return newest === undefined ? undefined : this.catalog.find(id, newest.version);
  }
}

function shown({ id, version, root }: DialogVersion): object {
  const { file, languages, steps, start } = root;
  return { id, version, file, languages, start, steps: steps.size };
}

/** Dialogs are few and in memory; in the order of their ids. */
function pageOf(all: readonly DialogVersion[], { limit, from }: PageRequest): Page<DialogVersion> {
  const last = from?.position.id ?? '';
  const isBackwards = from?.towards === 'previous';
  const behind = from === undefined ? all : all.filter(({ id }) => (isBackwards ? id < last : id > last));
  const items = isBackwards ? behind.slice(-limit) : behind.slice(0, limit);
  const [first, end] = [items[0], items.at(-1)];
  if (first === undefined || end === undefined) return { items };
  return {
    items,
    ...(all.at(-1)?.id === end.id ? {} : { next: positionOf(end) }),
    ...(all[0]?.id === first.id ? {} : { previous: positionOf(first) }),
  };
}

const positionOf = ({ id }: DialogVersion) => ({ value: '0', id });
