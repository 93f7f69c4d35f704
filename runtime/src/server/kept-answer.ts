import { codecOf, essenceOf } from "../http/codec.js";
import { heldOf, hold, release } from "../http/held.js";
import { parseJson } from "../http/json.js";
import { jsonText } from "../http/json-text.js";
import type { HeldWire } from "../policy/index.js";
import { Refusal, type RefusalCode } from "../problem/refusal.js";
import { internal } from "../problem/refusals.js";
import type { Settlement } from "../stores/idempotency.js";
import { type CallRecord, noAnswer, type Projection } from "./states.js";

/**
 * A key as it stands in a header field: a string of structured fields (RFC 9651, 3.3.3), or bare, as many clients send it. Both spell
 * the same key.
 */
export function keptKey(line: string): string | undefined {
  const quoted = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/.exec(line)?.[1]?.replace(/\\(["\\])/g, "$1");
  const key = quoted ?? (/^[A-Za-z0-9._~:+/=-]+$/.test(line) ? line : undefined);
  return key !== undefined && key.length >= 1 && key.length <= 255 ? key : undefined;
}

/** Statuses by which a handler says that nothing was done, and that it may be tried again. */
const tryAgain = new Set([408, 425, 429, 503]);

/**
 * What is remembered of a call. What its handler answered or refused is its result; but for a refusal that asks to be tried again, which
 * leaves nothing. A handler that failed or took too long may have done its work, and one whose answer could not be sent has: nobody knows.
 */
export function settlementOf({ answer, projection }: CallRecord, refusal: Refusal | undefined): Settlement {
  if (refusal === undefined) {
    const { status, headers, media, value, held } = projection;
    return { kind: "done", result: jsonText({ status, headers, media, value: release(value, held) }) ?? "" };
  }
  if (answer !== noAnswer || refusal.code === "internal" || refusal.code === "timeout") return { kind: "unknown" };
  if (tryAgain.has(refusal.status)) return { kind: "forgotten" };
  const { code, status, title, detail, errors, headers, extensions } = refusal;
  return {
    kind: "done",
    result: JSON.stringify({ refusal: { code, status, title, detail, errors, headers, extensions } }),
  };
}

interface Kept {
  readonly status: number;
  readonly headers: readonly string[];
  readonly media?: string;
  readonly value?: unknown;
  readonly refusal?: Omit<Refusal, "cause" | "challenge"> & { readonly code: RefusalCode };
}

/**
 * The answer that was given before, to be given again.
 * @param responses what code holds as something else than it is on the wire.
 */
export function readKept(result: string, responses?: HeldWire["responses"]): Projection | Refusal {
  try {
    const { status, headers, media, value, refusal } = (
      responses === undefined ? JSON.parse(result) : exactJson(result)
    ) as Kept;
    if (refusal !== undefined) return new Refusal(refusal.code, refusedAs(refusal));
    if (!Number.isInteger(status)) throw new TypeError("It has no status");
    const codec = media === undefined ? undefined : codecOf(essenceOf(media));
    const held = heldOf(responses, status, media);
    return { status, headers, media, codec, value: responses === undefined ? value : hold(value, held), held };
  } catch (cause) {
    return internal(cause);
  }
}

/** What was written by ourselves is not bounded. */
function exactJson(text: string): unknown {
  const reading = parseJson(text, Number.POSITIVE_INFINITY, undefined, true);
  if ("fault" in reading) throw new TypeError(reading.fault);
  return reading.value;
}

function refusedAs({ status, title, detail, errors, headers, extensions }: NonNullable<Kept["refusal"]>) {
  return {
    status,
    title,
    headers,
    extensions,
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors }),
  };
}
