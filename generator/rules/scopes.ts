import type { Diagnostic } from "../code/diagnostic.js";
import { editDistance } from "../code/suggest.js";
import type { Spec, SpecObject, SpecValue } from "../model/spec.js";
import { warning } from "./complaint.js";

/** A word of a scope, and the list in which it stands. */
interface Use {
  readonly scope: string;
  readonly word: string;
  readonly list: readonly SpecValue[];
  readonly index: number;
}

/** Words that short are too often near each other. */
const shortest = 4;

/**
 * Scopes that look misspelt. Which ones an OpenID provider knows, no description says; but a word that stands in it once, one letter away from a
 * word that stands there more often, is seldom meant. A scope that nobody has lets nobody in: a warning is enough.
 * @param requirements of one scheme: the list of scopes is under its name.
 */
export function misspeltScopes(spec: Spec, requirements: readonly SpecObject[], scheme: string): readonly Diagnostic[] {
  const uses = requirements.flatMap((one) => usesIn(one[scheme]));
  const times = new Map<string, number>();
  for (const { word } of uses) times.set(word, (times.get(word) ?? 0) + 1);
  const often = [...times].filter(([, count]) => count > 1).map(([word]) => word);
  return uses.flatMap(({ scope, word, list, index }) => {
    const near = times.get(word) === 1 ? often.find((other) => editDistance(word, other) === 1) : undefined;
    if (near === undefined) return [];
    const message = `The scope ${JSON.stringify(scope)} has ${JSON.stringify(word)}, which stands nowhere else`;
    const fix = `Did you mean ${JSON.stringify(scope.replace(word, near))}?`;
    return [warning("SP207", message, fix, spec.at(list, index))];
  });
}

function usesIn(list: SpecValue | undefined): readonly Use[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((scope, index) => {
    const words = typeof scope === "string" ? new Set(scope.split(/[^\p{L}\p{N}]+/u)) : [];
    return [...words].flatMap((word) => (word.length < shortest ? [] : [{ scope: String(scope), word, list, index }]));
  });
}
