import { createReadStream } from "node:fs";
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

/**
 * Verifies a trail: that no line was changed, taken out, put in or moved. Files may come in any order: their first lines say which it is.
 * That lines at the very end are missing shows only against a `head` that was kept elsewhere.
 */
export async function verifyAudit(files: readonly string[], options: VerifyOptions = {}): Promise<TrailVerdict> {
  const hash = hasherOf(options.key);
  let before: Pick<Link, "seq" | "hash"> | undefined;
  let lines = 0;
  let met = false;
  let last = { file: files.at(-1) ?? "", line: 0 };
  for (const file of await inOrder(files)) {
    let number = 0;
    for await (const { text, whole } of linesOf(file)) {
      last = { file, line: ++number };
      const broken = (message: string): TrailVerdict => ({ whole: false, fault: { file, line: number, message } });
      const link = whole ? linkOf(text, hash) : "it is torn: it has no end";
      if (typeof link === "string") return broken(link);
      const fault = placeFault(link, before, options.after);
      if (fault !== undefined) return broken(fault);
      before = link;
      lines++;
      if (link.hash === options.head) met = true;
    }
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

async function inOrder(files: readonly string[]): Promise<readonly string[]> {
  const first = await Promise.all(
    files.map(async (file) => {
      for await (const { text } of linesOf(file))
        return { file, seq: Number(/,"seq":(\d+),"prev"/.exec(text)?.[1] ?? 0) };
      return { file, seq: Number.POSITIVE_INFINITY };
    }),
  );
  return first.sort((a, b) => a.seq - b.seq).map(({ file }) => file);
}

/** JSON holds no line feed of its own: lines end where one is, and nowhere else (U+2028 is no end). */
async function* linesOf(file: string): AsyncGenerator<{ readonly text: string; readonly whole: boolean }, void> {
  let rest = "";
  for await (const chunk of createReadStream(file, "utf8")) {
    const parts = (rest + String(chunk)).split("\n");
    rest = parts.pop() ?? "";
    for (const text of parts) yield { text, whole: true };
  }
  if (rest !== "") yield { text: rest, whole: false };
}
