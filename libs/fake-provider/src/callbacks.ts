/** Posts a form as the provider does, and reads the answer. */
export async function postForm(
  url: string,
  fields: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly status: number; readonly body: string }> {
  const given = Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(given as [string, string][]).toString(),
    signal: AbortSignal.timeout(12_000),
  });
  return { status: response.status, body: await response.text() };
}

/** The address of a webhook: `base` may carry the key of the account in its query. */
export function webhookUrl(base: string, channel: 'sms' | 'voice', account: string, rest = ''): string {
  const url = new URL(base);
  url.pathname = `/${channel}/africastalking/${account}${rest}`;
  return url.href;
}
