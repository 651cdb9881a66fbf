import { defaultAddress, type Account, type Routes } from '@app/provider-kit';
import { parseMsisdn } from '@app/telephony';

/** Finds the dialogs of numbers, however the configuration and the provider write them. */
export class NumberRoutes {
  /** Routes by E.164, made once for each account that is called. */
  private readonly numbered = new WeakMap<Routes, Routes>();

  /** The dialog that a call to this number starts: its own, else the default one, else none. */
  dialogOf({ voice, country }: Account, number: string): string | undefined {
    if (voice === undefined) return undefined;
    const msisdn = parseMsisdn(number, country);
    const dialog = msisdn === undefined ? voice.get(number) : this.byMsisdn(voice, country).get(msisdn);
    return dialog ?? voice.get(defaultAddress);
  }

  private byMsisdn(routes: Routes, country: string | undefined): Routes {
    const known = this.numbered.get(routes);
    if (known !== undefined) return known;
    const byMsisdn = new Map<string, string>();
    for (const [address, dialog] of routes) byMsisdn.set(parseMsisdn(address, country) ?? address, dialog);
    this.numbered.set(routes, byMsisdn);
    return byMsisdn;
  }
}
