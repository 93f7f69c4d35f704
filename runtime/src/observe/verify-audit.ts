import { createReadStream } from "node:fs";
import { judgeTrail, type TrailLine, type TrailVerdict, type VerifyOptions } from "./judge-trail.js";

/**
 * Verifies a trail: that no line was changed, taken out, put in or moved. Files may come in any order: their first lines say which it is.
 * That lines at the very end are missing shows only against a `head` that was kept elsewhere.
 */
export async function verifyAudit(files: readonly string[], options: VerifyOptions = {}): Promise<TrailVerdict> {
  return judgeTrail(linesOfFiles(files), options, files.at(-1) ?? "");
}

async function* linesOfFiles(files: readonly string[]): AsyncGenerator<TrailLine, void> {
  for (const file of await inOrder(files)) {
    let line = 0;
    for await (const one of linesOf(file)) yield { ...one, file, line: ++line };
  }
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
