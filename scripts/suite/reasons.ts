import type { Miss } from "./judge.js";

/** Why tests are missed that we know of, by file and group. */
const known: Readonly<Record<string, string>> = {
  "vocabulary: schema that uses custom metaschema with with no validation vocabulary":
    "A metaschema named by `$schema` can take assertions away from a schema. Here every assertion holds all the same: " +
    "a description that is stricter than meant is safer than one that is not checked.",
};

/** Why a test is missed: in our words where we know, else what was seen. */
export function reasonOf({ group, reason }: Miss): string {
  return known[`${group.file}: ${group.description}`] ?? reason;
}
