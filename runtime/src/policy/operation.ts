import type { Access } from "./access.js";
import type { Audit } from "./audit.js";
import type { Cors } from "./cors.js";
import type { Idempotency } from "./idempotency.js";
import type { Lifecycle } from "./lifecycle.js";
import type { Bounds, Concurrency, Limit, SlowDown } from "./limits.js";
import type { ObjectRule } from "./object.js";
import type { Pagination } from "./pagination.js";
import type { ReadRules, WriteRules } from "./properties.js";
import type { Retries } from "./retries.js";
import type { RoleRule, RoleTable } from "./roles.js";
import type { SchemePolicy } from "./schemes.js";
import type { ServerTls } from "./server-tls.js";
import type { StepUp } from "./step-up.js";
import type { Duration } from "./units.js";
import type { UrlRules } from "./urls.js";
import type { Versioning } from "./versioning.js";

/** What one operation asks of its callers, and what it tells them. */
export interface OperationPolicy {
  readonly method: string;
  /** The path template of the spec, from its servers' base path on. */
  readonly path: string;
  /** The oldest version that has it. Absent: every one. */
  readonly since?: string;
  readonly access: Access;
  readonly authz?: RoleRule;
  readonly stepUp?: StepUp;
  readonly object?: ObjectRule;
  readonly read?: ReadRules;
  readonly write?: WriteRules;
  readonly urls?: UrlRules;
  readonly limits?: readonly Limit[];
  /** What one call counts for in limits of requests. Absent: 1. */
  readonly cost?: number;
  readonly slowDown?: SlowDown;
  readonly concurrency?: Concurrency;
  readonly idempotency?: Idempotency;
  readonly bounds?: Bounds;
  /** Absent: browsers keep pages of other origins out. */
  readonly cors?: Cors;
  readonly lifecycle?: Lifecycle;
  readonly audit?: Audit;
  readonly retries?: Retries;
  /** How long a client waits for the whole call, repeats included. */
  readonly timeout?: Duration;
  /** How a client goes through its pages. */
  readonly pagination?: Pagination;
  /** Where a client calls it, where that is not at the API's servers. */
  readonly servers?: readonly ServerPolicy[];
}

/**
 * What one operation asks. It is written down when it is used: a bundler that sees one operation of a thousand drops the rest, since
 * nothing but this call makes them (`@__PURE__`).
 */
/* @__NO_SIDE_EFFECTS__ */
export function operation<P extends OperationPolicy>(policy: () => P & Known<P>): OperationPolicy {
  return policy();
}

/** What a function returns may have more properties than its type says; a policy may not: what is not understood is a hole. */
type Known<P> = { readonly [K in Exclude<keyof P, keyof OperationPolicy>]: never };

/** A server of the spec, as the client sees it. */
export interface ServerPolicy {
  /** May hold variables: `https://{region}.example.com`. */
  readonly url: string;
  readonly variables?: Readonly<Record<string, ServerVariable>>;
  readonly environment?: string;
  readonly tls?: ServerTls;
  /** Addresses, and ranges of them, of the proxies that stand before the server itself. */
  readonly trustedProxies?: readonly string[];
  /** The header in which they say who called; `x-forwarded-for` where absent. */
  readonly forwarded?: "x-forwarded-for" | "forwarded";
}

/** A variable of a server's URL. */
export interface ServerVariable {
  readonly default: string;
  /** What it may be. Absent: any text that does not change what is around it. */
  readonly enum?: readonly string[];
}

/** What holds for every operation. */
export interface ApiPolicy {
  readonly format: number;
  readonly title: string;
  readonly servers: readonly ServerPolicy[];
  /** Variables of all servers' URLs, those of single operations too. */
  readonly variables?: readonly string[];
  readonly schemes: Readonly<Record<string, SchemePolicy>>;
  readonly roles: RoleTable;
  /** Absent: requests name no version. */
  readonly versioning?: Versioning;
  readonly bounds: Bounds;
  readonly retries: Retries;
}
