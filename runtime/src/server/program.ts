import type { Exchange } from "../http/exchange.js";
import { Refusal } from "../problem/refusal.js";
import type { Blueprint, Ground } from "./blueprint.js";
import { challenges, type NamedVerifier, named } from "./challenges.js";
import { type CrossOrigin, compileCors } from "./cors.js";
import { compileFarewell } from "./farewell.js";
import type { PlainStep } from "./guard.js";
import { schemesOf } from "./needs.js";
import { flatOrder, httpOrder } from "./order.js";
import { quotaHeaders } from "./quota.js";
import type { Content } from "./reply.js";
import type { CallRecord } from "./states.js";
import { compileTrail, type Trail } from "./trail.js";
import { watchedStep } from "./watch-guards.js";

/** Header fields, flat, that go with every answer of an operation, refusals included. */
export type Fields = (call: CallRecord, outcome: Content | Refusal) => readonly string[];

/** One operation, compiled. */
export interface Program {
  readonly http: readonly PlainStep[];
  readonly flat: readonly PlainStep[];
  readonly trail: Trail;
  readonly cors: CrossOrigin | undefined;
  /** What a 401 of this operation carries when nothing more is known (RFC 9110, 15.5.2). */
  readonly challenge: (exchange: Exchange) => readonly string[];
  /** What the schemes of this operation add to every answer. */
  readonly courtesy: () => readonly string[];
  /** All that is added to an answer over HTTP. What has nothing to say for the operation is not in the list. */
  readonly fields: readonly Fields[];
}

/**
 * Compiles the guards of one operation into its flat lists of steps.
 * @param isWatched whether somebody watches each of them.
 */
export function compileProgram(operation: Blueprint, ground: Ground, isWatched: boolean): Program {
  const { access, limits, concurrency } = operation.policy;
  const names = access.kind === "public" ? [...ground.verifiers.keys()] : schemesOf(access.anyOf);
  const schemes = named(names, ground);
  const around = isWatched ? watchedStep : undefined;
  const cors = compileCors(operation, ground);
  const courtesy = courtesyOf(schemes);
  const farewell = compileFarewell(operation.policy, ground);
  const vary = varyOf(ground);
  const quota = limits === undefined && concurrency === undefined ? undefined : quotaOf;
  const fields = [courtesy, vary, farewell, quota, cors && (({ exchange }: CallRecord) => cors.headers(exchange))];
  return {
    http: httpOrder.compile(operation, ground, around),
    flat: flatOrder.compile(operation, ground, around),
    trail: compileTrail(operation, ground.api),
    cors,
    challenge: (exchange) => challenges(schemes, new Map(), exchange, ground),
    courtesy: courtesy ?? (() => []),
    fields: fields.filter((one) => one !== undefined),
  };
}

/** RFC 9110, 12.5.5: what chose the version, caches must look at. A path or query is a part of the URL. */
function varyOf({ api: { versioning } }: Ground): (() => readonly string[]) | undefined {
  const field = { header: versioning?.name, mediaType: "Accept", path: undefined, query: undefined };
  const name = versioning === undefined ? undefined : field[versioning.strategy];
  if (name === undefined) return undefined;
  const vary = ["Vary", name];
  return () => vary;
}

/** RFC 9449, 8: one nonce. Of two schemes that have one each, the first is tried first. */
function courtesyOf(schemes: readonly NamedVerifier[]): (() => readonly string[]) | undefined {
  return schemes.flatMap(({ verifier }) => verifier.headers ?? [])[0];
}

/** RFC drafts leave it open; we do not tell one caller how much another has left: principal counters never go with a 401 (R45). */
function quotaOf(call: CallRecord, outcome: Content | Refusal): readonly string[] {
  if (outcome instanceof Refusal && outcome.code === "rate_limited") return [];
  if (outcome instanceof Refusal && outcome.status === 401) return quotaHeaders(call.addressCounts);
  return quotaHeaders(call.addressCounts.concat(call.callerCounts, call.inputCounts));
}
