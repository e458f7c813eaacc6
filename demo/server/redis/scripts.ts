/**
 * What Redis does for the instances in one step, in Lua: gives an event its id and its place in the shared log and tells
 * all of it; begins a log; keeps the lease and the counters. Owns the layout of the keys. Needs Redis 6.2 or newer.
 *
 * Ids grow by one, and begin at microseconds since the epoch: far faster than events come, so that a Redis that has lost
 * its data, or some of it, never gives an id twice. It is known for one by its run id: another process may have less than
 * its clients were given, so ids jump, and an entry of the log says so: `skip` where nothing is known to be lost, `gap`
 * where an instance knows more than Redis does.
 */

/** `state` (the newest id, the run, the last jump, bytes of the log), `log`, `lease`, `kept`, `counters`, `events` (the channel). */
export const keysOf = (prefix: string) =>
  ({
    state: `${prefix}state`,
    log: `${prefix}log`,
    lease: `${prefix}lease`,
    kept: `${prefix}kept`,
    counters: `${prefix}counters`,
    events: `${prefix}events`,
    /** What an instance has published last. */
    sent: (instance: string) => `${prefix}sent:${instance}`,
  }) as const;

export type Keys = ReturnType<typeof keysOf>;

/** The arguments of `append`: the channel, then the log's bounds in events, bytes and milliseconds. */
const APPEND = `
local function number(text) return tonumber(text or '0') or 0 end
local function whole(value) return string.format('%.0f', value) end
local function micros()
  local time = redis.call('TIME')
  return number(time[1]) * 1000000 + number(time[2])
end
local function trim(at)
  local left = redis.call('XLEN', KEYS[2])
  local bytes = number(redis.call('HGET', KEYS[1], 'bytes'))
  local before = bytes
  while left > 1 do
    local oldest = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
    local fields = oldest[2]
    if left <= number(ARGV[2]) and bytes <= number(ARGV[3]) and number(fields[2]) >= at - number(ARGV[4]) then break end
    redis.call('XDEL', KEYS[2], oldest[1])
    left = left - 1
    bytes = bytes - #(fields[4] or '')
  end
  if bytes ~= before then redis.call('HSET', KEYS[1], 'bytes', whole(bytes)) end
end
local function append(id, text)
  local at = math.floor(micros() / 1000)
  redis.call('XADD', KEYS[2], whole(id) .. '-0', 'at', whole(at), 'text', text)
  redis.call('HINCRBY', KEYS[1], 'bytes', #text)
  redis.call('PUBLISH', ARGV[1], whole(id) .. '\\n' .. whole(at) .. '\\n' .. text)
  trim(at)
  return whole(at)
end
`;

/**
 * Keys: state, log, sent, lease, kept. Arguments: those of `append`, the number of the message among its instance's, how
 * long that is remembered, the lease without which it is refused or nothing, the entry, the channel it is kept for or
 * nothing, and how many channels are kept. Answers `sent`, `known` (it was published before) or `refused`.
 */
export const PUBLISH = `${APPEND}
if number(ARGV[5]) <= number(redis.call('GET', KEYS[3])) then return 'known' end
if redis.call('HEXISTS', KEYS[1], 'id') == 0 then return redis.error_reply('GONE the shared log is gone') end
redis.call('SET', KEYS[3], ARGV[5], 'PX', ARGV[6])
if ARGV[7] ~= '' and redis.call('GET', KEYS[4]) ~= ARGV[7] then return 'refused' end
local id = redis.call('HINCRBY', KEYS[1], 'id', 1)
local at = append(id, ARGV[8])
if ARGV[9] ~= '' and (redis.call('HEXISTS', KEYS[5], ARGV[9]) == 1 or redis.call('HLEN', KEYS[5]) < number(ARGV[10])) then
  redis.call('HSET', KEYS[5], ARGV[9], whole(id) .. '\\n' .. at .. '\\n' .. ARGV[8])
end
return 'sent'
`;

/**
 * What an instance says first. Keys: state, log. Arguments: those of `append`, the run of Redis, the newest id that the
 * instance has had, 0 where none. Answers with the newest id there is, as text.
 */
export const HELLO = `${APPEND}
local id = number(redis.call('HGET', KEYS[1], 'id'))
local known = number(ARGV[6])
local from, to = number(redis.call('HGET', KEYS[1], 'from')), number(redis.call('HGET', KEYS[1], 'to'))
local is_lost = known > id or (known > from and known < to)
if redis.call('HGET', KEYS[1], 'run') ~= ARGV[5] or known > id then
  local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
  local last = newest and number(string.match(newest[1], '^%d+')) or 0
  from, to = id, math.max(id, known, last, micros()) + 1
elseif is_lost then
  from, to = id, id + 1
else
  return whole(id)
end
local is_gap = is_lost or id == 0
if is_gap then from = to end
redis.call('HSET', KEYS[1], 'id', whole(to), 'run', ARGV[5], 'from', whole(from), 'to', whole(to))
append(to, is_gap and 'gap' or ('skip\\n' .. whole(from)))
return whole(to)
`;

/** Keys: lease. Arguments: who wants it, and for how many milliseconds. Answers whether it has it. */
export const LEASE = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`;

/** Keys: lease, counters. Arguments: the lease, the instance. Gives up what the instance holds. */
export const LEAVE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
redis.call('HDEL', KEYS[2], ARGV[2])
return 1
`;

/** Keys: counters. Arguments: the instance, its counters, how long they count in milliseconds. Answers with those of all. */
export const SHARE = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', now) .. ' ' .. ARGV[2])
local all = redis.call('HGETALL', KEYS[1])
local current = {}
for i = 1, #all, 2 do
  local at, counters = string.match(all[i + 1], '^(%d+) (.*)$')
  if at and now - tonumber(at) <= tonumber(ARGV[3]) then
    table.insert(current, counters)
  else
    redis.call('HDEL', KEYS[1], all[i])
  end
end
return current
`;
