import { escaped, unescaped } from "../model/json-pointer.js";
import type { SpecValue } from "../model/spec.js";

/** The tokens of a JSON pointer in a URI fragment (RFC 6901, 6). `undefined` when it is none. */
export function tokensOf(fragment: string): readonly string[] | undefined {
  if (fragment === "") return [];
  if (!fragment.startsWith("/")) return undefined;
  try {
    return fragment
      .slice(1)
      .split("/")
      .map((token) => unescaped(decodeURIComponent(token)));
  } catch {
    return undefined;
  }
}

/** A pointer as a fragment. */
export function fragmentOf(tokens: readonly string[]): string {
  return tokens.map((token) => `/${escaped(token).replaceAll("%", "%25")}`).join("");
}

/** What stands at a pointer, its own properties only. */
export function follow(root: SpecValue | undefined, tokens: readonly string[]): SpecValue | undefined {
  let at: SpecValue | undefined = root;
  for (const token of tokens) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, token)) return undefined;
    at = (at as Readonly<Record<string, SpecValue>>)[token];
  }
  return at;
}
