import { DiagnosticError } from "../code/diagnostic.js";
import type { Draft, DraftSchema } from "../model/draft.js";
import type { ValueOptions } from "../model/held.js";
import { isSensitive } from "../model/sensitivity.js";
import type { Spec } from "../model/spec.js";
import { annotationOf } from "./annotations.js";
import { lowerCors } from "./cors.js";
import { lowerBounds, lowerRootLimits, usedLimits } from "./limits.js";
import { complain, type Lowering, startLowering } from "./lowering.js";
import { entriesOf, objectOf, textOf } from "./node.js";
import { lowerOperations } from "./operations.js";
import { componentPointer } from "./pointer.js";
import { insideOf } from "./references.js";
import { partsNoted, restrictedParts } from "./restricted.js";
import { lowerRetries } from "./retries.js";
import { lowerRoles } from "./roles.js";
import { lowerSchema } from "./schema.js";
import { lowerSchemes, schemeUses } from "./schemes.js";
import { lowerServers } from "./servers.js";
import { mergeUses, secretUses } from "./settings.js";
import { lowerVersioning } from "./versioning.js";

export interface LowerOptions {
  /** Only a client is generated: an operation without declared security is not guarded here, so it is public to the client. */
  readonly clientOnly?: boolean;
  /** What code holds values as. Default: as what they are on the wire. */
  readonly values?: ValueOptions;
}

/**
 * Turns a spec that the rules have checked into the model: references named or inlined, security inherited, defaults written down,
 * dialects one.
 * @throws DiagnosticError with everything that the model cannot hold.
 */
export function lower(spec: Spec, options: LowerOptions = {}): Draft {
  const run = startLowering(spec, options.clientOnly === true, options.values);
  const { root } = spec;
  const annotation = annotationOf(root);
  const defaults = objectOf(annotation?.defaults);
  const info = objectOf(root.info);

  refuseDialect(run);
  const schemas = lowerComponents(run);
  const byKey = new Map(schemas.map((one) => [one.key, one.schema]));
  const limits = lowerRootLimits(run, annotation?.rateLimits);
  const bounds = lowerBounds(defaults?.limits);
  const retries = lowerRetries(defaults?.retries);
  const versioning = lowerVersioning(annotation?.versioning);
  const components = (key: string) => byKey.get(key) ?? run.lifted.get(key)?.schema;
  const operations = lowerOperations(run, {
    limits,
    bounds,
    retries,
    versioning,
    components,
    restricted: restrictedParts(components),
    sensitive: partsNoted(components, isSensitive),
  });
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
    limits: usedLimits(limits, new Set(operations.flatMap((one) => one.limits.map((use) => use.name)))),
    cors: lowerCors(annotation?.cors, new Set(operations.flatMap((one) => one.cors ?? []))),
    versioning,
    bounds,
    retries,
    settings: mergeUses([...schemeUses(schemes), ...secretUses(annotation?.secrets)]),
    operations,
    schemas: [...schemas, ...run.lifted.values()],
    warnings: run.diagnostics,
  };
}

/** OpenAPI 3.1, 4.8.1: the dialect of schemas may be another one; ours is that of OpenAPI, which is 2020-12 and annotations. */
function refuseDialect(run: Lowering): void {
  const said = textOf(run.spec.root.jsonSchemaDialect);
  if (said === undefined || /^https:\/\/(spec\.openapis\.org\/oas\/|json-schema\.org\/draft\/2020-12\/)/.test(said))
    return;
  complain(run, run.spec.root, "jsonSchemaDialect", {
    code: "SP408",
    message: `The schema dialect ${JSON.stringify(said)} is not read.`,
    fix: "Drop jsonSchemaDialect, and write schemas in JSON Schema 2020-12.",
  });
}

function lowerComponents(run: Lowering): readonly DraftSchema[] {
  const declared = objectOf(objectOf(run.spec.root.components)?.schemas);
  if (declared === undefined) return [];
  return entriesOf(declared).map(([key, schema]) => ({
    key,
    inComponents: true,
    schema: lowerSchema(insideOf(run, componentPointer(key)), schema),
    at: run.spec.at(declared, key, "key"),
  }));
}

function schemesOf({ access }: Draft["operations"][number]): readonly string[] {
  return access.kind === "public" ? [] : access.anyOf.flatMap((clause) => clause.map((use) => use.scheme));
}
