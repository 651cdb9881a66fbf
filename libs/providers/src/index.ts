import type { Provider } from '@app/provider-kit';
import { africasTalking } from './africastalking/provider.js';
import { cradleBots } from './cradlebots/provider.js';
import { haptik } from './haptik/provider.js';
import { kairos } from './kairos/provider.js';

/** Every provider that has a folder here. */
export const providers: readonly Provider[] = [africasTalking, cradleBots, haptik, kairos];
