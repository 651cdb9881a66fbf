import { Module } from '@nestjs/common';

/**
 * Actions that are part of this project: providers with `@DialogAction`, with whatever they inject. Actions of an
 * installation need no code here: they stand in the folder that `actions` of its `ongea.yaml` names.
 */
@Module({ providers: [] })
export class ActionsModule {}
