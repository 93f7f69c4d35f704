import type { Placement } from "./read.js";

type Said = unknown;

/** Something of the vocabulary that this version does not enforce. */
interface NotYet {
  /** Keys to it; `*` stands for every key of a map and every item of a list. */
  readonly path: readonly string[];
  /** Whether the value asks for nothing, or for what is enforced anyway. */
  readonly nothing?: (said: Said) => boolean;
}

const is =
  (...values: readonly Said[]) =>
  (said: Said) =>
    values.includes(said);
const isEmpty = (said: Said) => typeof said === "object" && said !== null && Object.keys(said).length === 0;

const below = (path: readonly string[], rules: readonly NotYet[]): readonly NotYet[] =>
  rules.map((rule) => ({ ...rule, path: [...path, ...rule.path] }));

const operation: readonly NotYet[] = [
  // Bodies stay bounded: without its own bounds an operation has those of the API.
  { path: ["limits"], nothing: (said) => said !== "none" },
  { path: ["cache"], nothing: is("no-store") },
];

const notYet: Readonly<Record<Placement, readonly NotYet[]>> = {
  root: [
    { path: ["roles", "*", "scopes"], nothing: isEmpty },
    { path: ["aliases"], nothing: isEmpty },
    ...below(["defaults"], operation),
  ],
  scheme: [{ path: ["jwt", "symmetric"], nothing: is(false) }],
  operation,
  schema: [],
  server: [],
};

/**
 * What an annotation promises, and this version cannot keep: the paths to it. Generation stops on each, as a promise that is dropped in
 * silence is worse than none.
 */
export function unenforced(placement: Placement, annotation: unknown): readonly (readonly string[])[] {
  return notYet[placement].flatMap(({ path, nothing }) =>
    find(annotation, path, [])
      .filter(([, said]) => nothing?.(said) !== true)
      .map(([found]) => found),
  );
}

function find(
  node: Said,
  path: readonly string[],
  before: readonly string[],
): readonly (readonly [readonly string[], Said])[] {
  const [key, ...rest] = path;
  if (key === undefined) return [[before, node]];
  if (typeof node !== "object" || node === null) return [];
  const keys = key === "*" ? Object.keys(node) : Object.hasOwn(node, key) ? [key] : [];
  return keys.flatMap((one) => find((node as Readonly<Record<string, Said>>)[one], rest, [...before, one]));
}
