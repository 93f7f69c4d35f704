import { type Size, toOctets } from "../policy/index.js";
import { largestAnswer } from "./collect.js";
import type { AnswerBounds, Incoming } from "./contract.js";
import { Failure } from "./failure.js";

/** What `answerBounds` is told. */
export interface AnswerBoundsOptions {
  /** The most octets of an answer that are kept, after its content coding was undone; 64MiB where absent. Streams are handed on, not kept. */
  readonly largest?: Size;
  /** Octets that may come out of one that went in, where an answer is compressed; 100 where absent. */
  readonly inflateRatio?: number;
  /** Whether undici asks for compressed answers; those that come unasked are read all the same. The platform's `fetch` always asks. */
  readonly compressed?: boolean;
}

/**
 * How much of an answer is read: `createClient({ answers: answerBounds({ largest: "1MiB" }) })`.
 * @throws Failure `configuration`
 */
export function answerBounds(options: AnswerBoundsOptions = {}): AnswerBounds {
  const { largest, inflateRatio: ratio = 100, compressed = false } = options;
  if (!(ratio >= 1)) throw new Failure("configuration", "inflateRatio is a number, at least 1");
  const most = largest === undefined ? largestAnswer : octetsOf(largest);
  return {
    largest: most,
    compressed,
    roomFor: (octets) => Math.max(free, octets * ratio),
    roomIn: ({ "content-encoding": coding = "identity", "content-length": length }) => {
      const octets = Number(length);
      // Whoever joins two lines of it into "5, 5" says no number, and says nothing.
      const isKnown = coding !== "identity" && Number.isFinite(octets);
      return isKnown ? Math.min(most, Math.max(free, octets * ratio)) : most;
    },
  };
}

/** What is small may grow: a few octets that repeat are no attack. */
const free = 65_536;

function octetsOf(largest: Size): number {
  try {
    return toOctets(largest);
  } catch (cause) {
    throw new Failure("configuration", `largest ${JSON.stringify(largest)} is no size: write 64KiB or 1MiB`, { cause });
  }
}

/** An answer that grew beyond its bounds. */
export function grownBeyond(octets: number, status: number): Failure {
  return new Failure("response_invalid", `The answer inflates to more than ${octets} octets`, { status });
}

/** Headers of an answer whose coding was undone: what they say of the content as it came is not true of what it is now. */
export function uncoded(headers: Incoming["headers"]): Incoming["headers"] {
  const { "content-encoding": _coding, "content-length": _length, ...rest } = headers;
  return rest;
}
