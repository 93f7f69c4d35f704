import type { Secret } from "../secrets/secret.js";
import { type ChainHead, hasherOf, type Link, linkOf } from "./chain.js";

/** How a trail is verified. */
export interface VerifyOptions {
  /** The key that it was written under. */
  readonly key?: Secret;
  /** The hash of the line that it must reach: what shows that its end was cut off. */
  readonly head?: string;
  /** The hash of the line before its first one, where older files are elsewhere. Default: the trail is whole, from line 1 on. */
  readonly after?: string;
}

/** The first thing that is wrong with a trail. */
export interface TrailFault {
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
  readonly message: string;
}

/** What a trail is worth. */
export type TrailVerdict =
  | { readonly whole: true; readonly lines: number; readonly head: ChainHead | undefined }
  | { readonly whole: false; readonly fault: TrailFault };

/** A line as it is kept, and where. */
export interface TrailLine {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  /** Whether it has an end. */
  readonly whole: boolean;
}

/** Judges the lines of a trail, wherever they are kept. `place` is where it would go on, for a trail without a line. */
export async function judgeTrail(
  trail: AsyncIterable<TrailLine>,
  options: VerifyOptions,
  place: string,
): Promise<TrailVerdict> {
  const hash = hasherOf(options.key);
  let before: Pick<Link, "seq" | "hash"> | undefined;
  let lines = 0;
  let met = false;
  let last = { file: place, line: 0 };
  for await (const { file, line, text, whole } of trail) {
    last = { file, line };
    const broken = (message: string): TrailVerdict => ({ whole: false, fault: { file, line, message } });
    const link = whole ? linkOf(text, hash) : "it is torn: it has no end";
    if (typeof link === "string") return broken(link);
    const fault = placeFault(link, before, options.after);
    if (fault !== undefined) return broken(fault);
    before = link;
    lines++;
    if (link.hash === options.head) met = true;
  }
  if (options.head !== undefined && !met)
    return { whole: false, fault: { ...last, message: "it ends before the head that was given" } };
  return { whole: true, lines, head: before && { seq: before.seq, hash: before.hash } };
}

function placeFault(link: Link, before: ChainHead | undefined, after: string | undefined): string | undefined {
  if (before === undefined) {
    if (after !== undefined) return link.prev === after ? undefined : "it does not follow the line that was given";
    return link.seq === 1 && /^0+$/.test(link.prev)
      ? undefined
      : `it begins with line ${link.seq}: what was before is missing`;
  }
  if (link.seq === before.seq + 1 && link.prev === before.hash) return undefined;
  return link.seq === before.seq + 1
    ? "it does not follow the line before it"
    : `line ${link.seq} comes after line ${before.seq}: lines are missing or were moved`;
}
