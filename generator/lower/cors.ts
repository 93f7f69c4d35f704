import type { Cors } from "../model/security.js";
import type { SpecValue } from "../model/spec.js";
import { byText, entriesOf, objectOf, textOf, textsOf } from "./node.js";

/** The policies that some operation uses, sorted by name. */
export function lowerCors(said: SpecValue | undefined, used: ReadonlySet<string>): readonly Cors[] {
  return entriesOf(said)
    .filter(([name]) => used.has(name))
    .map(([name, value]) => {
      const node = objectOf(value);
      return {
        name,
        origins: textsOf(node?.origins),
        credentials: node?.credentials === true,
        // Fetch Standard, 4.9: what browsers take where nothing is said.
        maxAge: textOf(node?.maxAge) ?? "5s",
      };
    })
    .sort((a, b) => byText(a.name, b.name));
}

/** The policy of an operation. `none` is what holds without a word. */
export function lowerCorsUse(said: SpecValue | undefined): string | undefined {
  const name = textOf(said);
  return name === "none" ? undefined : name;
}
