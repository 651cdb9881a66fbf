import { Inject, Injectable, Module } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { ActionRegistry, DialogAction, Effects, type ActionContext } from '@app/actions';
import { GuardedHttpClient } from '@app/outbound';
import { projectActions } from './project-actions.js';

@Injectable()
class Rates {
  readonly perKg = 4;
}

@Injectable()
@DialogAction('weigh', { outcomes: ['ok', 'tooHeavy'] })
class Weigh {
  constructor(@Inject(Rates) private readonly rates: Rates) {}

  run({ input }: ActionContext): { outcome: string; value?: number } {
    const { kg } = input as { kg: number };
    return kg > 50 ? { outcome: 'tooHeavy' } : { outcome: 'ok', value: kg * this.rates.perKg };
  }
}

@Module({ providers: [Rates, Weigh] })
class ScalesModule {}

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('actions as Nest providers', () => {
  it('are found with what they inject, and run like those of the folder', async () => {
    const project = await projectActions(ScalesModule);
    const client = new GuardedHttpClient();
    const effects = new Effects(new ActionRegistry(project.actions), client, silent);
    const request = { action: 'weigh', caller: { id: 'x' }, idempotencyKey: 'k', provider: 'p', account: 'a' };
    const { signal } = new AbortController();
    expect(await effects.call({ ...request, input: { kg: 10 } }, signal)).toEqual({ outcome: 'ok', value: 40 });
    expect(await effects.call({ ...request, input: { kg: 60 } }, signal)).toEqual({ outcome: 'tooHeavy' });
    expect(effects.describe()).toEqual([{ name: 'weigh', outcomes: ['ok', 'tooHeavy'] }]);
    await client.close();
    await project.close();
  });

  it('are none as long as the project has none', async () => {
    const project = await projectActions();
    expect(project.actions).toEqual([]);
    await project.close();
  });
});
