/** The channels that can be played. */
export const playChannels = ['ussd', 'sms', 'voice', 'bot'] as const;
export type PlayChannel = (typeof playChannels)[number];

/** The options of `ongea play`, as they were typed. */
export interface PlayOptions {
  readonly channel?: PlayChannel;
  readonly provider?: string;
  readonly account?: string;
  readonly msisdn?: string;
  readonly network?: string;
  readonly language?: string;
  readonly to?: string;
  readonly entity?: readonly string[];
}
