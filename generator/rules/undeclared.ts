import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec } from "../model/spec.js";
import { error } from "./complaint.js";
import { effectiveSecurity, type OperationPlace } from "./operations.js";
import type { RuleOptions } from "./options.js";
import { isObject } from "./places.js";

/** How many are worth a complaint of their own: beyond, the description as a whole is silent, and one place mends it. */
const few = 3;

/** R10: a list that is absent may be incomplete, so it says nothing; public is said aloud. Said once, not once an operation. */
export function undeclared(
  spec: Spec,
  operations: readonly OperationPlace[],
  { only }: RuleOptions,
): readonly Diagnostic[] {
  if (only !== undefined && !only.includes("server") && !only.includes("trpc")) return [];
  const silent = operations.filter((operation) => effectiveSecurity(spec, operation) === undefined);
  if (silent.length > few) return [wholeSilence(spec, silent)];
  const fix = "Add security: to it or to the root; security: [] says that it is public.";
  return silent.map(({ holder, key, method, path }) =>
    error("SP201", `${method} ${path} does not say who may call it`, fix, spec.at(holder, key, "key")),
  );
}

function wholeSilence(spec: Spec, silent: readonly OperationPlace[]): Diagnostic {
  const named = silent.slice(0, few).map(({ method, path }) => `${method} ${path}`);
  const message = `${silent.length} operations do not say who may call them: ${named.join(", ")} …`;
  const fix =
    "Say it once, at the root or, where the description is not yours, in a file for --overlay. For a client, --only types,client needs none of it.";
  return { ...error("SP201", message, fix, spec.at(spec.root, "paths", "key")), example: overlayFor(spec) };
}

/** An overlay that says it for all, by the scheme that the description has, or by one to fill in. */
function overlayFor(spec: Spec): string {
  const components = isObject(spec.root.components) ? spec.root.components : {};
  const [known] = isObject(components.securitySchemes) ? Object.keys(components.securitySchemes) : [];
  return [
    "overlay: 1.0.0",
    'info: {title: Who may call, version: "1"}',
    "actions:",
    "  - target: $",
    "    update:",
    `      security: [{${JSON.stringify(known ?? "token")}: []}]`,
    ...(known === undefined ? scheme : []),
    "  # and for each operation that is public:",
    `  # - target: "$.paths['/health'].get"`,
    "  #   update: {security: []}",
  ].join("\n");
}

const scheme = [
  "      components:",
  "        securitySchemes:",
  "          token:",
  "            type: http",
  "            scheme: bearer",
  '            x-sallyport: {jwt: {issuer: "env:ISSUER", audience: ["env:AUDIENCE"], algorithms: [ES256]}}',
];
