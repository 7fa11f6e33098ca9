-- Counts hits against all counters, or against none where one has no room.
-- KEYS: counters. ARGV: hits wanted ahead; then for each counter its kind (B bucket, S sliding window, C calendar),
-- limit, window in microseconds (C: end in milliseconds since 1970), burst, hits.
-- Answer: hits granted ahead; then for each counter 1 or 0, what is left, microseconds until there is room.
local SLOTS = 10
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local ahead = tonumber(ARGV[1])
local counters, all = {}, true

for i = 1, #KEYS do
  local at = 1 + (i - 1) * 5
  local c = { key = KEYS[i], kind = ARGV[at + 1], limit = tonumber(ARGV[at + 2]), window = tonumber(ARGV[at + 3]),
              burst = tonumber(ARGV[at + 4]), hits = tonumber(ARGV[at + 5]) }
  local wanted = math.max(1, c.hits)
  if c.kind == 'B' then
    local state = redis.call('HMGET', c.key, 'm', 't')
    local last = tonumber(state[2] or '0')
    c.missing = math.max(0, tonumber(state[1] or '0') - math.max(0, now - last) * c.limit / c.window)
    c.room = math.floor(c.burst - c.missing + 1e-9)
    c.reset = (c.room >= wanted and c.missing or wanted - (c.burst - c.missing)) * c.window / c.limit
  elseif c.kind == 'S' then
    local width = c.window / SLOTS
    c.slot = math.floor(now / width)
    local gone = (now - c.slot * width) / width
    local slots, used, old = {}, 0, {}
    local fields = redis.call('HGETALL', c.key)
    for f = 1, #fields, 2 do
      local slot, hits = tonumber(fields[f]), tonumber(fields[f + 1])
      if slot < c.slot - SLOTS then
        old[#old + 1] = fields[f]
      else
        local counts = slot == c.slot - SLOTS and hits * (1 - gone) or hits
        slots[slot] = hits
        used = used + counts
      end
    end
    if #old > 0 then redis.call('HDEL', c.key, unpack(old)) end
    c.room = math.floor(c.limit - used + 1e-9)
    local lacking = wanted - (c.limit - used)
    c.reset = (c.slot + 1) * width - now + (SLOTS - 1) * width
    if lacking > 0 then
      c.reset = c.window + width
      local leaving = slots[c.slot - SLOTS] or 0
      local ends = (c.slot + 1) * width - now
      if leaving * (1 - gone) >= lacking then
        c.reset = lacking / leaving * width
      else
        lacking = lacking - leaving * (1 - gone)
        for age = SLOTS - 1, 0, -1 do
          local leaves = slots[c.slot - age] or 0
          if leaves >= lacking then
            c.reset = ends + lacking / leaves * width
            break
          end
          lacking = lacking - leaves
          ends = ends + width
        end
      end
    end
  else
    c.room = c.limit - tonumber(redis.call('GET', c.key) or '0')
    c.reset = c.window * 1000 - now
  end
  c.admitted = c.room >= c.hits
  all = all and c.admitted
  counters[i] = c
end

for i = 1, #counters do
  ahead = math.min(ahead, counters[i].room - counters[i].hits)
end
if not all or ahead < 0 then ahead = 0 end

local answer = { ahead }
for i = 1, #counters do
  local c = counters[i]
  local taken = all and c.hits + ahead or 0
  if taken > 0 then
    if c.kind == 'B' then
      redis.call('HSET', c.key, 'm', c.missing + taken, 't', string.format('%.0f', now))
      redis.call('PEXPIRE', c.key, math.ceil(c.window / 1000 * c.burst / c.limit) + 1000)
    elseif c.kind == 'S' then
      redis.call('HINCRBY', c.key, string.format('%.0f', c.slot), taken)
      redis.call('PEXPIRE', c.key, math.ceil(c.window / 1000 * (SLOTS + 1) / SLOTS) + 1000)
    else
      redis.call('INCRBY', c.key, taken)
      redis.call('PEXPIREAT', c.key, c.window)
    end
  end
  answer[#answer + 1] = c.admitted and 1 or 0
  answer[#answer + 1] = math.max(0, c.room - taken)
  answer[#answer + 1] = math.ceil(math.max(0, c.reset))
end
return answer
