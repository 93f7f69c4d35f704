import type { Api } from "../model/api.js";
import type { Scheme } from "../model/security.js";

/** The schemes that an operation asks for. One that nobody asks for needs no verifier, and no credential. */
export function usedSchemes({ operations, schemes }: Api): readonly Scheme[] {
  const used = new Set(
    operations.flatMap(({ access }) =>
      access.kind === "public" ? [] : access.anyOf.flatMap((clause) => clause.map((use) => use.scheme)),
    ),
  );
  return schemes.filter((one) => used.has(one.name));
}
