import type { Database } from '../database.js';

const take = {
  name: 'take-send-token',
  text: `
    WITH taken AS (
      INSERT INTO send_tokens AS t (provider, account, spent_until)
      VALUES ($1, $2, clock_timestamp() - make_interval(secs => $4) + make_interval(secs => $3))
      ON CONFLICT (provider, account) DO UPDATE
        SET spent_until =
          greatest(t.spent_until, clock_timestamp() - make_interval(secs => $4)) + make_interval(secs => $3)
        WHERE t.spent_until + make_interval(secs => $3) <= clock_timestamp()
      RETURNING 1
    )
    SELECT EXISTS (SELECT FROM taken) AS taken, (
      SELECT extract(epoch FROM spent_until + make_interval(secs => $3) - clock_timestamp()) * 1000
      FROM send_tokens WHERE provider = $1 AND account = $2
    )::float8 AS wait`,
};

/**
 * Takes one token of an account's bucket, which holds what one second earns and never less than one. All processes share
 * the bucket and the database's clock.
 * @returns how long to wait before it is worth another try, in milliseconds; 0 where the token was taken
 */
export async function takeToken(
  database: Database,
  provider: string,
  account: string,
  perSecond: number,
): Promise<{ readonly waitMs: number }> {
  const secondsPerToken = 1 / perSecond;
  const secondsToFill = Math.max(1, secondsPerToken);
  type Taken = { readonly taken: boolean; readonly wait: number | null };
  const [answer] = await database.query<Taken>(take, [provider, account, secondsPerToken, secondsToFill]);
  return { waitMs: answer?.taken === true ? 0 : Math.max(1, Math.ceil(answer?.wait ?? 1)) };
}
