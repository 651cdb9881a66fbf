import { FakeProvider } from '@app/fake-provider';
import type { Environment, LookUp } from '@app/settings';
import { maskMsisdn } from '@app/telephony';

/** The fake provider that stands behind the demo, so that its messages arrive somewhere. */
export interface DemoProvider {
  /** Names its address to the demo's configuration. */
  readonly lookUp: LookUp;
  /** Delivery reports and calls go to the server there. */
  reportTo(url: string): void;
  stop(): Promise<void>;
}

const demoFile = /(?:^|[\\/])examples[\\/]demo[\\/]ongea\.yaml$/;

/** For the demo's own configuration without an account of a real provider; undefined for everybody else. */
export async function demoProvider(
  { production }: Environment,
  configFile: string,
  lookUp: LookUp,
): Promise<DemoProvider | undefined> {
  if (production || !demoFile.test(configFile) || lookUp('AT_API_KEY').value !== undefined) return undefined;
  const provider = await FakeProvider.start({ onEvent: (line) => process.stdout.write(`  phone: ${masked(line)}\n`) });
  const own: Readonly<Record<string, string>> = { AT_API_KEY: 'demo', AT_ENDPOINT: provider.url };
  return {
    lookUp: (name) => (Object.hasOwn(own, name) ? { value: own[name] ?? '' } : lookUp(name)),
    reportTo: (url) => provider.reportTo(url),
    stop: () => provider.stop(),
  };
}

function masked(line: string): string {
  return line.replace(/\+\d{8,15}/g, maskMsisdn);
}
