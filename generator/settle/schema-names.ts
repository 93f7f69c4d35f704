import type { DraftSchema } from "../model/draft.js";
import { isIdentifier, pascalCase } from "./identifier.js";
import { objectNames, reservedWords, schemaGlobals, schemaImports } from "./reserved.js";
import { firstFree, unreserved } from "./unique.js";

/** The suffix of the form that a request may have, where it differs (`schemas.ts` declares both). */
export const requestSuffix = "Input";

/**
 * The name of each component schema, by key. The spec's spelling stays where it is an identifier. A name does not clash with an
 * operation, nor with the request form of another component, which those have that go both ways.
 */
export function nameSchemas(
  schemas: readonly DraftSchema[],
  operationIds: ReadonlySet<string>,
  isTwofold: (key: string) => boolean,
): ReadonlyMap<string, string> {
  const reserved = [reservedWords, schemaImports, objectNames, schemaGlobals, operationIds];
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const isFree = (name: string) => !taken.has(name) && reserved.every((set) => !set.has(name));
  for (const { key } of [...schemas].sort(bySpelling)) {
    const forms = (name: string) => (isTwofold(key) ? [name, `${name}${requestSuffix}`] : [name]);
    const name = firstFree(unreserved(wantedOf(key), reserved), (one) => forms(one).every(isFree));
    for (const form of forms(name)) taken.add(form);
    names.set(key, name);
  }
  return names;
}

/** Whoever keeps its spelling chooses first. */
function bySpelling(a: DraftSchema, b: DraftSchema): number {
  const rank = (one: DraftSchema) => (wantedOf(one.key) === one.key ? 0 : 1);
  return rank(a) - rank(b) || (a.key < b.key ? -1 : 1);
}

function wantedOf(key: string): string {
  if (isIdentifier(key)) return key;
  if (!key.startsWith("#/")) return pascalCase(key) ?? "Schema";
  // A lifted schema has a pointer for a key, and behind it the ways that make it say different things: its last tokens say what it is.
  const [pointer = ""] = key.replace(/^#\/components\/schemas\//, "").split("?");
  return pascalCase(pointer.split("/").slice(-3).join(" ")) ?? "Schema";
}
