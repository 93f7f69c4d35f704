import type { DraftOperation } from "../model/draft.js";
import type { ApiBounds, Retries } from "../model/security.js";
import type { SpecObject } from "../model/spec.js";
import type { Versioning } from "../model/versioning.js";
import { fixedMethods } from "../source/grammar.js";
import { lowerAccess } from "./access.js";
import { effectiveAnnotation, effectiveSecurity } from "./annotations.js";
import { lowerAudit } from "./audit.js";
import { lowerBody, lowerResponses } from "./bodies.js";
import { lowerCorsUse } from "./cors.js";
import { lowerIdempotency } from "./idempotency.js";
import { lowerLifecycle } from "./lifecycle.js";
import { type LimitTable, lowerBounds, lowerLimitUses } from "./limits.js";
import { complain, type Lowering } from "./lowering.js";
import type { Components } from "./mask.js";
import { entriesOf, listOf, objectOf, objectsOf, textOf, textsOf } from "./node.js";
import { lowerObjectRule } from "./object-rule.js";
import { lowerPace } from "./pace.js";
import { lowerPagination } from "./pagination.js";
import { lowerParameters } from "./parameters.js";
import { lowerReadRules, lowerWriteRules } from "./properties.js";
import type { FindRestricted } from "./restricted.js";
import { lowerRetries } from "./retries.js";
import { asksForAnybody, lowerAuthz } from "./roles.js";
import { lowerSensitivity } from "./sensitivity.js";
import { lowerOwnServers } from "./servers.js";
import { lowerStepUp } from "./step-up.js";
import { lowerUrls } from "./urls.js";
import { lowerSince } from "./versioning.js";

/** What the root says for every operation. */
export interface Whole {
  readonly limits: LimitTable;
  readonly bounds: ApiBounds;
  readonly retries: Retries;
  readonly versioning: Versioning | undefined;
  readonly components: Components;
  readonly restricted: FindRestricted;
  readonly sensitive: FindRestricted;
}

/** Where an operation stands. */
interface Place {
  readonly path: string;
  readonly method: string;
  readonly pathItem: SpecObject;
  readonly operation: SpecObject;
  readonly holder: SpecObject;
  /** Its key in the holder. */
  readonly key: string;
}

export function lowerOperations(run: Lowering, whole: Whole): readonly DraftOperation[] {
  return entriesOf(run.spec.root.paths)
    .filter(([path]) => path.startsWith("/"))
    .flatMap(([path, said]) => placesIn(run, path, objectOf(said)))
    .map((place) => lowerOperation(run, place, whole));
}

function placesIn(run: Lowering, path: string, written: SpecObject | undefined): readonly Place[] {
  refuseBesideRef(run, written);
  const pathItem = objectOf(run.spec.resolve(written).node);
  if (pathItem === undefined) return [];
  const place = (holder: SpecObject, key: string, method: string): readonly Place[] => {
    const operation = objectOf(holder[key]);
    return operation === undefined ? [] : [{ path, method, pathItem, operation, holder, key }];
  };
  const additional = objectOf(pathItem.additionalOperations);
  return [
    ...fixedMethods.flatMap((key) => place(pathItem, key, key.toUpperCase())),
    // OpenAPI 3.2, 4.9.1: methods have case (RFC 9110, 9.1), so these are kept as written.
    ...(additional === undefined ? [] : Object.keys(additional).flatMap((key) => place(additional, key, key))),
  ];
}

/** OpenAPI 4.8.9.1: what fields beside a path item's `$ref` mean is undefined. A guard cannot hang on that. */
function refuseBesideRef(run: Lowering, written: SpecObject | undefined): void {
  if (written?.$ref === undefined) return;
  const others = Object.keys(written).filter((key) => key !== "$ref" && key !== "summary" && key !== "description");
  if (others.length === 0) return;
  complain(run, written, others[0], {
    code: "SP193",
    message: `OpenAPI does not say what ${others.join(", ")} beside the $ref of a path item means.`,
    fix: "Write it in the path item that is referred to.",
  });
}

function lowerOperation(run: Lowering, place: Place, whole: Whole): DraftOperation {
  const { path, method, pathItem, operation } = place;
  const said = effectiveAnnotation(run, pathItem, operation);
  const operationId = textOf(operation.operationId);
  const request = { ...lowerParameters(run, pathItem, operation, path), body: lowerBody(run, operation) };
  const authentication = asksForAnybody(said.authz) ? "authenticated" : "asSecurity";
  const responses = lowerResponses(run, operation);
  const object = lowerObjectRule(run, { operation, request, responses }, said.object, whole.components);
  const ruled = { operation, method, path, object, request, responses };
  return {
    operationId,
    tag: groupingTag(run, operation),
    method,
    path,
    summary: textOf(operation.summary),
    description: textOf(operation.description),
    at: run.spec.at(place.holder, place.key, "key"),
    access: lowerAccess(run, operation, effectiveSecurity(run, pathItem, operation), authentication),
    authz: lowerAuthz(said.authz),
    stepUp: lowerStepUp(said.stepUp),
    object,
    read: lowerReadRules(run, ruled, whole.restricted),
    write: lowerWriteRules(run, ruled, whole.restricted),
    urls: lowerUrls(run, ruled, whole.restricted),
    limits: lowerLimitUses(run, whole.limits, said.rateLimits),
    pace: lowerPace(said),
    idempotency: lowerIdempotency(said.idempotency),
    bounds: lowerBounds(said.limits, whole.bounds),
    cors: lowerCorsUse(said.cors),
    deprecated: operation.deprecated === true,
    lifecycle: lowerLifecycle(run, operation, said.lifecycle),
    since: lowerSince(whole.versioning, said.lifecycle),
    audit: lowerAudit(run, said.audit, { operation, operationId, method, path, request }, whole.components),
    retries: lowerRetries(said.retries, whole.retries),
    timeout: textOf(said.timeout),
    pagination: lowerPagination(run, { operation, method, path, request, responses }, said, whole.components),
    sensitive: lowerSensitivity({ request, responses }, whole.sensitive),
    request,
    responses,
    servers: lowerOwnServers(pathItem, operation),
  };
}

/**
 * The tag that groups an operation: the first, but for those that are labels. OpenAPI 3.2, 4.22: `kind` says what a tag is for, and
 * its registry has `nav` for what groups.
 */
function groupingTag({ spec }: Lowering, operation: SpecObject): string | undefined {
  const tags = textsOf(operation.tags);
  const kinds = new Map(objectsOf(listOf(spec.root.tags) ?? []).map((tag) => [tag.name, tag.kind]));
  return tags.find((tag) => (kinds.get(tag) ?? "nav") === "nav") ?? tags[0];
}
