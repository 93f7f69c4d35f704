import { DiagnosticError } from "../code/diagnostic.js";
import type { Draft, DraftSchema } from "../model/draft.js";
import type { Spec } from "../model/spec.js";
import { annotationOf } from "./annotations.js";
import { lowerBounds, lowerRootLimits, sortedLimits } from "./limits.js";
import { type Lowering, startLowering } from "./lowering.js";
import { entriesOf, objectOf, textOf } from "./node.js";
import { lowerOperations } from "./operations.js";
import { lowerRetries } from "./retries.js";
import { lowerRoles } from "./roles.js";
import { lowerSchema } from "./schema.js";
import { lowerSchemes, schemeUses } from "./schemes.js";
import { lowerServers } from "./servers.js";
import { mergeUses, secretUses } from "./settings.js";

export interface LowerOptions {
  /** Only a client is generated: an operation without declared security is not guarded here, so it is public to the client. */
  readonly clientOnly?: boolean;
}

/**
 * Turns a spec that the rules have checked into the model: references named or inlined, security inherited, defaults written down,
 * dialects one.
 * @throws DiagnosticError with everything that the model cannot hold.
 */
export function lower(spec: Spec, options: LowerOptions = {}): Draft {
  const run = startLowering(spec, options.clientOnly === true);
  const { root } = spec;
  const annotation = annotationOf(root);
  const defaults = objectOf(annotation?.defaults);
  const info = objectOf(root.info);

  const schemas = lowerComponents(run);
  const byKey = new Map(schemas.map((one) => [one.key, one.schema]));
  const limits = lowerRootLimits(run, annotation?.rateLimits);
  const bounds = lowerBounds(defaults?.limits);
  const retries = lowerRetries(defaults?.retries);
  const components = (key: string) => byKey.get(key) ?? run.lifted.get(key)?.schema;
  const operations = lowerOperations(run, { limits, bounds, retries, components });
  const schemes = lowerSchemes(run, new Set(operations.flatMap(schemesOf)));

  const isError = ({ severity }: { readonly severity: string }) => severity === "error";
  if (run.diagnostics.some(isError)) throw new DiagnosticError(run.diagnostics);
  return {
    title: textOf(info?.title) ?? "API",
    version: textOf(info?.version) ?? "",
    description: textOf(info?.description),
    servers: lowerServers(root),
    schemes,
    roles: lowerRoles(annotation?.roles),
    limits: sortedLimits(limits),
    bounds,
    retries,
    settings: mergeUses([...schemeUses(schemes), ...secretUses(annotation?.secrets)]),
    operations,
    schemas: [...schemas, ...run.lifted.values()],
    warnings: run.diagnostics,
  };
}

function lowerComponents(run: Lowering): readonly DraftSchema[] {
  const declared = objectOf(objectOf(run.spec.root.components)?.schemas);
  if (declared === undefined) return [];
  return entriesOf(declared).map(([key, schema]) => ({
    key,
    inComponents: true,
    schema: lowerSchema(run, schema),
    at: run.spec.at(declared, key, "key"),
  }));
}

function schemesOf({ access }: Draft["operations"][number]): readonly string[] {
  return access.kind === "public" ? [] : access.anyOf.flatMap((clause) => clause.map((use) => use.scheme));
}
