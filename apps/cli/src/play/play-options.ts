/** The options of `ongea play`, as they were typed. */
export interface PlayOptions {
  readonly channel?: 'ussd' | 'bot';
  readonly provider?: string;
  readonly account?: string;
  readonly msisdn?: string;
  readonly network?: string;
  readonly language?: string;
  readonly to?: string;
  readonly entity?: readonly string[];
}
