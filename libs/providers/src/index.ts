import type { Provider } from '@app/provider-kit';
import { africasTalking } from './africastalking/provider.js';
import { cradleBots } from './cradlebots/provider.js';
import { generic } from './generic/provider.js';
import { haptik } from './haptik/provider.js';
import { kairos } from './kairos/provider.js';
import { mobtexting } from './mobtexting/provider.js';

/** Every provider that has a folder here. */
export const providers: readonly Provider[] = [africasTalking, cradleBots, generic, haptik, kairos, mobtexting];
