import { type Size, toOctets } from "../policy/index.js";
import { largestAnswer } from "./collect.js";
import type { Incoming } from "./contract.js";
import { Failure } from "./failure.js";

/** How much of an answer is read. */
export interface AnswerBounds {
  /** The most octets of an answer that are kept, after its content coding was undone; 64MiB where absent. Streams are handed on, not kept. */
  readonly largest?: Size;
  /** Octets that may come out of one that went in, where an answer is compressed; 100 where absent. */
  readonly inflateRatio?: number;
  /** Whether undici asks for compressed answers; those that come unasked are read all the same. The platform's `fetch` always asks. */
  readonly compressed?: boolean;
}

/** The same, read. */
export interface AnswerLimits {
  readonly largest: number;
  readonly ratio: number;
}

/**
 * Reads what a client was told.
 * @throws Failure `configuration`
 */
export function limitsOf({ largest, inflateRatio: ratio = 100 }: AnswerBounds = {}): AnswerLimits {
  if (!(ratio >= 1)) throw new Failure("configuration", "answers.inflateRatio is a number, at least 1");
  try {
    return { largest: largest === undefined ? largestAnswer : toOctets(largest), ratio };
  } catch (cause) {
    throw new Failure("configuration", `answers.largest ${JSON.stringify(largest)} is no size: write 64KiB or 1MiB`, {
      cause,
    });
  }
}

/** What is small may grow: a few octets that repeat are no attack. */
const free = 65_536;

/** How many octets so many compressed ones may become. */
export function roomFor(octets: number, { largest, ratio }: AnswerLimits): number {
  return Math.min(largest, Math.max(free, octets * ratio));
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
