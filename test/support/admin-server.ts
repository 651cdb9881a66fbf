import { FakeProvider } from '@app/fake-provider';
import type { RunningServer } from '../../apps/server/src/server.js';
import { ask, environmentKey, makeKey, type AdminAnswer } from './admin.js';
import { sendingAccount, shortCode } from './africastalking.js';
import type { Cleanup } from './cleanup.js';
import { until } from './send.js';
import { startInProcess } from './server-in-process.js';
import { startServices, type Services } from './services.js';
import { WorkspaceFolder } from './workspace-folder.js';

/** One entry of a list, as the API gives it. */
export type Item = Readonly<Record<string, unknown>>;

/** A dialog whose only answer is sensitive. */
export const pinDialog = `
dialog: pin
start: secret
steps:
  secret: { ask: 'Your PIN?', type: pin, save: secret, go: thanks }
  thanks: { end: Thank you. }
`;

/** A server whose records the admin API is asked for: the demo on every channel, a fake provider, an account `pins`. */
export class AdminServer {
  private constructor(
    readonly server: RunningServer,
    readonly services: Services,
    readonly network: FakeProvider,
    /** A key that may do all that these tests do, but sees no personal data. */
    readonly blind: string,
  ) {}

  static async start(cleanup: Cleanup): Promise<AdminServer> {
    const services = await startServices(cleanup);
    const network = await FakeProvider.start({ behaviour: { reportGapMs: 20 } });
    cleanup.add(() => network.stop());
    const urls = { api: network.url };
    const sms = { [shortCode]: { price: 'farm-prices', default: 'shamba' } };
    const workspace = await WorkspaceFolder.make(cleanup, {
      demo: true,
      dialogs: { pin: pinDialog },
      accounts: [
        sendingAccount('demo', urls, { sms, ussd: { default: 'shamba' }, voice: { default: 'shamba' } }),
        sendingAccount('pins', urls, { ussd: { default: 'pin' } }),
        { provider: 'cradlebots', account: 'demo', open: true, country: 'KE', ussd: { default: 'shamba' } },
      ],
    });
    const settings = { ...services.settings, ONGEA_ADMIN_KEY: environmentKey };
    const server = await startInProcess(cleanup, workspace, settings);
    await server.parts.postgres.whenUp();
    network.reportTo(server.url);
    const { key } = await makeKey(server.url, [
      ...['messages:read', 'messages:send', 'calls:start', 'sessions:read', 'inbox:read', 'inbox:replay'],
      ...['outbox:manage', 'dialogs:read'],
    ]);
    return new AdminServer(server, services, network, key);
  }

  readonly url = (): string => this.server.url;

  get(path: string, key = environmentKey): Promise<AdminAnswer> {
    return ask(this.server.url, 'GET', `/admin/v1/${path}`, { key });
  }

  post(path: string, body?: unknown, key = environmentKey): Promise<AdminAnswer> {
    return ask(this.server.url, 'POST', `/admin/v1/${path}`, { key, ...(body === undefined ? {} : { body }) });
  }

  /** What a list gives; throws for any other answer. */
  async items(path: string, key?: string): Promise<readonly Item[]> {
    const { status, json, body } = await this.get(path, key);
    if (status !== 200) throw new Error(`${path} was answered ${String(status)} ${body}`);
    return json['items'] as readonly Item[];
  }

  /** The first entry of a list, as soon as there is one. */
  async first(path: string, key?: string): Promise<Item> {
    await until(async () => (await this.items(path, key)).length > 0, 10_000, path);
    return (await this.items(path, key))[0] ?? {};
  }
}
