import type { ReceivedHeaders } from "../http/exchange.js";

/** The trace that a call belongs to (W3C Trace Context). It says nothing of who calls, and nobody is let in for it. */
export interface Trace {
  /** 32 hexadecimal digits; `undefined` where there is no trace. */
  readonly id: string | undefined;
  /** 16 hexadecimal digits: the server's own span where spans are made, else the caller's. */
  readonly spanId: string | undefined;
  readonly sampled: boolean;
  /** What hands the trace on, with a call to somebody else: `traceparent`, and `tracestate` where there is one. Empty where there is no trace. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A call of which nobody said that it belongs to a trace. */
export const noTrace: Trace = Object.freeze({
  id: undefined,
  spanId: undefined,
  sampled: false,
  headers: Object.freeze({}),
});

// 3.2.2: lower case alone. Of a version that is not known yet, what stands where 00 has its fields is read (3.2.2.1).
const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/s;
const zeros = /^0+$/;

/**
 * The trace that a request says it belongs to. What is not as the recommendation has it is dropped, and `tracestate` with it (3.3): a
 * stranger wrote it.
 */
export function receivedTrace(headers: ReceivedHeaders): Trace {
  const lines = headers.all("traceparent");
  // Two of them that differ would be two traces.
  if (lines.length !== 1) return noTrace;
  const [text = ""] = lines;
  if (text.length > longest) return noTrace;
  const [whole, version, id = "", spanId = "", flags = "", rest] = form.exec(text) ?? [];
  if (whole === undefined || version === "ff" || (version === "00" && rest !== undefined)) return noTrace;
  if (zeros.test(id) || zeros.test(spanId)) return noTrace;
  return traceOf({ id, spanId, flags: Number.parseInt(flags, 16), state: stateOf(headers.all("tracestate")) });
}

/** A trace by its facts. */
export function traceOf(facts: {
  readonly id: string;
  readonly spanId: string;
  readonly flags: number;
  readonly state?: string | undefined;
}): Trace {
  const { id, spanId, flags, state } = facts;
  // 3.2.2.5.3: flags that are not known are not handed on. Level 2 knows `sampled` and `random-trace-id`.
  const known = (flags & 0x03).toString(16).padStart(2, "0");
  const traceparent = `00-${id}-${spanId}-${known}`;
  return {
    id,
    spanId,
    sampled: (flags & 1) === 1,
    headers: state === undefined ? { traceparent } : { traceparent, tracestate: state },
  };
}

/** How much is read of either, in characters: 3.3.1.5 asks for 512 of `tracestate` at least. */
const longest = 512;
// 3.3.1.3.1
const key = /^(?:[a-z0-9][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})$/;
// 3.3.1.3.2
const value = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/** 3.3.1: at most 32 members, no key twice. One that is wrong spoils the list; what is too much is cut off whole, from its end. */
function stateOf(lines: readonly string[]): string | undefined {
  const text = lines.join(",");
  if (text.length > 4 * longest) return undefined;
  const members = text
    .split(",")
    .map(trimmed)
    .filter((one) => one !== "");
  const keys = new Set(members.map((one) => one.slice(0, one.indexOf("="))));
  if (members.length > 32 || keys.size !== members.length || !members.every(isMember)) return undefined;
  while (members.join(",").length > longest) members.pop();
  return members.length === 0 ? undefined : members.join(",");
}

function isMember(text: string): boolean {
  const cut = text.indexOf("=");
  return cut > 0 && key.test(text.slice(0, cut)) && value.test(text.slice(cut + 1));
}

/** Optional white space (RFC 9110, 5.6.3): a blank or a tab, and no other. */
function trimmed(text: string): string {
  return text.replace(/^[\t ]+|[\t ]+$/g, "");
}
