import type { Clock, DialogService } from '@app/dialog';
import type { Account, AccountBook, ProviderRegistry } from '@app/provider-kit';
import type { InboundMessage, InboundMessageStore, OptOut, OptOutStore } from '@app/reporting';
import { parseMsisdn, type Msisdn } from '@app/telephony';
import { TurnRunner, type Dialogs, type WebhookLog } from '@app/webhook';
import { findCommand, findKeyword, type Command } from './keyword.js';
import type { SmsReplies } from './sms-replies.js';
import { isOwnAddress, routeOf, type SmsRoute } from './sms-route.js';
import { smsSessionId, toTurn } from './sms-turn.js';

/** What answering messages needs. */
export interface SmsTurnPorts {
  readonly providers: ProviderRegistry;
  readonly accounts: AccountBook;
  readonly messages: Pick<InboundMessageStore, 'findInbound'>;
  readonly optOuts: Pick<OptOutStore, 'optOut' | 'optIn'>;
  readonly dialogs: Dialogs & Pick<DialogService, 'close'>;
  readonly replies: SmsReplies;
  readonly clock: Clock;
  readonly log: WebhookLog;
}

interface Received {
  readonly message: InboundMessage;
  readonly account: Account;
  readonly route: SmsRoute;
  readonly sender: Msisdn;
}

/**
 * Answers messages that were kept before. Only phone numbers are answered: a short code or a sender name is a machine, and
 * two machines that answer each other cost money without end.
 */
export class SmsTurns {
  private readonly turns: TurnRunner;

  constructor(private readonly ports: SmsTurnPorts) {
    this.turns = new TurnRunner(ports.dialogs);
  }

  /**
   * Answers one message; answered again, it sends nothing more. Rejects where the message could not be read, or what
   * follows from it not be kept: the job is to be tried again.
   */
  async answer(messageId: string): Promise<void> {
    const message = await this.ports.messages.findInbound(messageId);
    const received = message === undefined ? undefined : this.receivedBy(message);
    if (received === undefined) {
      this.ports.log.info({ message: messageId }, 'a message is not answered: it, its account or its sender is none');
      return;
    }
    const command = findCommand(received.message.text);
    if (command === 'stop') return this.stop(received);
    if (command === 'start') await this.ports.optOuts.optIn(changeBy(received, 'start-word'));
    await this.reply(received, command);
  }

  private receivedBy(message: InboundMessage): Received | undefined {
    const account = this.ports.accounts.find(message.provider, message.account);
    const sender = parseMsisdn(message.from, account?.country);
    if (account === undefined || sender === undefined || isOwnAddress(account, message.from)) return undefined;
    return { message, account, sender, route: routeOf(account, message.to) };
  }

  /** Nothing is sent in answer, since that would be the first thing not wanted. */
  private async stop(received: Received): Promise<void> {
    const { account, route, sender } = received;
    await this.ports.optOuts.optOut(changeBy(received, 'stop-word'));
    const { provider, account: name } = account;
    try {
      await this.ports.dialogs.close({
        channel: 'sms',
        provider,
        account: name,
        sessionId: smsSessionId(route, sender),
      });
    } catch (error) {
      this.ports.log.error({ err: error }, 'the session of somebody who opted out could not be ended');
    }
  }

  private async reply(received: Received, command: Exclude<Command, 'stop'> | undefined): Promise<void> {
    const { message, account, route, sender } = received;
    const contract = this.ports.providers.find(account.provider)?.sms;
    const hasDialog = route.dialog !== undefined || (command !== 'start' && route.keywords.size > 0);
    if (contract === undefined || !hasDialog) return;
    const { clock, log, replies } = this.ports;
    const deadlineMs = account.deadlineMs ?? contract.deadlineMs;
    const turn = toTurn({ ...received, command, at: clock.now(), deadlineMs });
    const { texts, outcome } = await this.turns.run(turn, log);
    const text = texts.filter((it) => it.trim() !== '').join('\n');
    // A message costs money, and what nobody serves nobody need hear.
    if (text === '' || outcome === 'notServed') return;
    await replies.send({
      account,
      from: route.address,
      to: sender,
      text,
      ...onDemand(message, route),
      onceKey: `sms-reply:${message.id}`,
      at: clock.now(),
    });
  }
}

function changeBy({ message, account, route, sender }: Received, reason: 'stop-word' | 'start-word'): OptOut {
  return {
    provider: account.provider,
    account: account.account,
    address: route.address,
    msisdn: sender,
    reason,
    at: message.receivedAt,
  };
}

function onDemand({ linkId, text }: InboundMessage, { keywords }: SmsRoute): { linkId?: string; keyword?: string } {
  if (linkId === undefined || linkId === '') return {};
  const keyword = findKeyword(text, keywords)?.keyword;
  return keyword === undefined ? { linkId } : { linkId, keyword };
}
