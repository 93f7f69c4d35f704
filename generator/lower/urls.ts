import type { DraftOperation } from "../model/draft.js";
import type { UrlUse } from "../model/security.js";
import type { SpecObject } from "../model/spec.js";
import { complain, type Lowering } from "./lowering.js";
import { byText } from "./node.js";
import type { FindRestricted } from "./restricted.js";
import { sentBy } from "./sent.js";

/** An operation, as far as it is lowered. */
interface Ruled extends Pick<DraftOperation, "method" | "path" | "request"> {
  readonly operation: SpecObject;
}

/** Which URLs the parts of a request may be. In a response the rule says nothing: the server does not call what it answers. */
export function lowerUrls(run: Lowering, ruled: Ruled, find: FindRestricted): readonly UrlUse[] {
  const uses = new Map<string, UrlUse>();
  for (const { in: place, pointer, note } of sentBy(ruled.request, find)) {
    if (note.url === undefined) continue;
    const key = `${place} ${pointer}`;
    const before = uses.get(key);
    if (before !== undefined && JSON.stringify(before.rule) !== JSON.stringify(note.url)) refuse(run, ruled, pointer);
    uses.set(key, { in: place, pointer, rule: note.url });
  }
  return [...uses].sort(([a], [b]) => byText(a, b)).map(([, use]) => use);
}

function refuse(run: Lowering, { operation, method, path }: Ruled, pointer: string): void {
  const what = pointer === "" ? "the body" : pointer;
  complain(run, operation, undefined, {
    code: "SP398",
    message: `${method} ${path}: two rules say which URLs ${what} may be.`,
    fix: "Say it once.",
  });
}
