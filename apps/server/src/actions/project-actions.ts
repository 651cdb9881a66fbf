import { Module, type DynamicModule, type NestApplicationOptions, type Type } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, NestFactory } from '@nestjs/core';
import { actionsOf, type RegisteredAction } from '@app/actions';
import { ActionsModule } from './actions.module.js';

/** The actions that Nest made, and the word that they are not needed any more. */
export interface ProjectActions {
  readonly actions: readonly RegisteredAction[];
  close(): Promise<void>;
}

/**
 * Makes the actions of a module, in a Nest context of their own: dialogs are checked against them before the server is
 * put together, and the command line has no server at all.
 */
export async function projectActions(module: Type = ActionsModule): Promise<ProjectActions> {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class
  const options: NestApplicationOptions = { logger: false, abortOnError: false };
  const context = await NestFactory.createApplicationContext(Discovered.of(module), options);
  const instances = context
    .get(DiscoveryService)
    .getProviders()
    .map(({ instance }): unknown => instance);
  return { actions: actionsOf(instances), close: () => context.close() };
}

@Module({})
class Discovered {
  static of(module: Type): DynamicModule {
    return { module: Discovered, imports: [DiscoveryModule, module] };
  }
}
