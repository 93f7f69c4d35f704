/**
 * Judges and counts all checks of a call in one atomic step: what `memory-limits.ts` and `meters/` do, in Lua. A counter is its numbers
 * with commas between. Of each check it answers: allowed, remaining, microseconds to wait, microseconds to reset, taken.
 *
 * ARGV: the caller's clock in microseconds, or -1 for the server's; then, a check, what `fields` of `redis-limits.ts` lists.
 */
export const limitsScript = `
local now = tonumber(ARGV[1])
local slack = 60000
if now < 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
  slack = 0
end
local floor, ceil, min, max = math.floor, math.ceil, math.min, math.max
local meters = {}

local function arrival(t, c)
  local stored = t[1]
  if not stored or stored < now or stored > now + c.ceiling + c.window then return now end
  return min(stored, now + c.ceiling)
end
meters.gcra = {
  room = function(t, c) return floor((c.horizon - (arrival(t, c) - now)) / c.interval) end,
  add = function(t, c, units) return { min(max(arrival(t, c) + units * c.interval, now), now + c.ceiling) } end,
  wait = function(t, c, units) return max(0, arrival(t, c) - now + units * c.interval - c.horizon) end,
  ends = function(t) return t[1] or 0 end,
}

local function window(t, c)
  local start, count = t[1] or 0, t[2] or 0
  if now >= start + c.window or start > now + c.window then return now, 0 end
  return min(start, now), count
end
meters.fixed = {
  room = function(t, c) local _, count = window(t, c); return c.limit - count end,
  add = function(t, c, units) local start, count = window(t, c); return { start, max(0, count + units) } end,
  wait = function(t, c, units)
    local start, count = window(t, c)
    if count + units <= c.limit then return 0 end
    return start + c.window - now
  end,
  ends = function(t, c) return (t[1] or 0) + c.window end,
}

local function leaves(part, c) return (part + 1) * ceil(c.window / 10) + c.window end
local function live(t, c)
  local current = floor(now / ceil(c.window / 10))
  local kept, total = {}, 0
  for n = 1, #t, 2 do
    local part = min(t[n], current)
    if leaves(part, c) > now and t[n] <= current + 10 then
      total = total + t[n + 1]
      if kept[#kept - 1] == part then kept[#kept] = kept[#kept] + t[n + 1]
      else kept[#kept + 1] = part; kept[#kept + 1] = t[n + 1] end
    end
  end
  return kept, total, current
end
meters.sliding = {
  room = function(t, c) local _, total = live(t, c); return c.limit - total end,
  add = function(t, c, units)
    local kept, _, current = live(t, c)
    if units < 0 then
      local left = -units
      for n = #kept, 2, -2 do
        local less = min(left, kept[n])
        kept[n] = kept[n] - less
        left = left - less
      end
    elseif kept[#kept - 1] == current then kept[#kept] = kept[#kept] + units
    else kept[#kept + 1] = current; kept[#kept + 1] = units end
    return kept
  end,
  wait = function(t, c, units)
    local kept, total = live(t, c)
    local missing, wait = total + units - c.limit, 0
    for n = 1, #kept, 2 do
      if missing <= 0 then break end
      missing = missing - kept[n + 1]
      wait = leaves(kept[n], c) - now
    end
    if missing > 0 then return c.window end
    return wait
  end,
  ends = function(t, c) if #t == 0 then return 0 end; return leaves(t[#t - 1], c) end,
}

local function standing(t, c)
  local count, till = t[1] or 0, t[2] or 0
  if now >= till or till > now + 2 * c.window then return 0, now end
  return count, min(till, now + c.window)
end
meters.lockout = {
  room = function(t, c) local count = standing(t, c); return c.limit - count end,
  add = function(t, c, units)
    local count, till = standing(t, c)
    if units > 0 then till = now + c.window end
    return { max(0, count + units), till }
  end,
  wait = function(t, c, units)
    local count, till = standing(t, c)
    if count + units <= c.limit then return 0 end
    return till - now
  end,
  ends = function(t) return t[2] or 0 end,
}

local function others(t, c)
  local kept = {}
  for n = 1, #t, 2 do
    local till = t[n + 1]
    if t[n] ~= c.slot and till > now and till <= now + 2 * c.window then
      kept[#kept + 1] = t[n]
      kept[#kept + 1] = min(till, now + c.window)
    end
  end
  return kept
end
meters.slots = {
  room = function(t, c) return c.limit - #others(t, c) / 2 end,
  add = function(t, c, units)
    local kept = others(t, c)
    if units > 0 then kept[#kept + 1] = c.slot; kept[#kept + 1] = now + c.window end
    return kept
  end,
  wait = function(t, c, units)
    if #others(t, c) / 2 + units <= c.limit then return 0 end
    return 1000000
  end,
  ends = function(t)
    local last = 0
    for n = 2, #t, 2 do last = max(last, t[n]) end
    return last
  end,
}

local function read(key)
  local text, tally = redis.call('GET', key), {}
  if text then for number in string.gmatch(text, '[^,]+') do tally[#tally + 1] = tonumber(number) end end
  return tally
end
local function write(key, tally, ends)
  if ends <= now then return redis.call('DEL', key) end
  local texts = {}
  for n = 1, #tally do texts[n] = string.format('%.0f', tally[n]) end
  return redis.call('SET', key, table.concat(texts, ','), 'PX', string.format('%.0f', ceil((ends - now) / 1000) + slack))
end

local before, after, ends, judged = {}, {}, {}, {}
local counted = true
for n, key in ipairs(KEYS) do
  local at = 1 + (n - 1) * 10
  local meter = meters[ARGV[at + 1]]
  local c = {
    limit = tonumber(ARGV[at + 2]), window = tonumber(ARGV[at + 3]), interval = tonumber(ARGV[at + 4]),
    horizon = tonumber(ARGV[at + 5]), ceiling = tonumber(ARGV[at + 6]), slot = tonumber(ARGV[at + 10]),
  }
  local cost, most, always = tonumber(ARGV[at + 7]), tonumber(ARGV[at + 8]), ARGV[at + 9] == '1'
  before[key] = before[key] or read(key)
  local tally = after[key] or before[key]
  local units = most
  if cost >= 0 and not always then units = min(meter.room(tally, c), most) end
  if units >= cost then
    after[key] = meter.add(tally, c, units)
    ends[key] = meter.ends(after[key], c)
  elseif not always then counted = false end
  judged[n] = { meter, c, cost, units }
end
if counted then for key, tally in pairs(after) do write(key, tally, ends[key]) end end
local answer = {}
for n, key in ipairs(KEYS) do
  local meter, c, cost, units = unpack(judged[n])
  local tally = counted and after[key] or before[key]
  if counted and ends[key] and ends[key] <= now then tally = {} end
  answer[#answer + 1] = (counted or units >= cost) and 1 or 0
  answer[#answer + 1] = meter.room(tally, c)
  answer[#answer + 1] = meter.wait(tally, c, max(1, cost))
  answer[#answer + 1] = max(0, meter.ends(tally, c) - now)
  answer[#answer + 1] = counted and units or 0
end
return answer
`;
