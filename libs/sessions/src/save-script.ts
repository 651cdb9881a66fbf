import { createHash } from 'node:crypto';

/**
 * Compare-and-set in one round trip. KEYS[1] the session; ARGV[1] the text to be written, ARGV[2] what the stored text
 * must begin with (empty: there must be none), ARGV[3] the time to live in milliseconds. Answers 1 saved, 0 conflict.
 * Running it twice is as good as once.
 *
 * With Redis at its `maxmemory` a new session gets the error OOM, while an old one is written all the same: a script
 * that has changed something already (here the time to live) is not stopped in the middle.
 */
export const saveScript = `
local stored = redis.call('GET', KEYS[1])
local mark = ARGV[2]
local free
if mark == '' then
  free = not stored
else
  free = stored and string.sub(stored, 1, #mark) == mark
end
if not free then
  return stored == ARGV[1] and 1 or 0
end
local written = redis.pcall('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
if written.err then
  if mark == '' or not string.find(written.err, 'OOM', 1, true) then
    return written
  end
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
end
return 1
`.trim();

/** What EVALSHA names the script by. */
export const saveScriptSha = createHash('sha1').update(saveScript).digest('hex');
