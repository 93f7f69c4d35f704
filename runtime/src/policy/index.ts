/** The vocabulary of generated `policy.ts` and `wire.ts`: types, and the few functions that make a policy read like a sentence. */
export { type Access, allOf, anonymous, anyOf, type Clause, publicAccess, type SchemeUse, scheme } from "./access.js";
export { type Audit, access, type Mask, write } from "./audit.js";
export { type CookieRules, csrfCookie, csrfHeader, defaultCookie, requestedWith } from "./cookie.js";
export { type Cors, cors } from "./cors.js";
export { policyFormat } from "./format.js";
export type { Held, HeldAs, HeldParts, HeldWire } from "./held.js";
export type { Idempotency } from "./idempotency.js";
export { deprecated, type Lifecycle } from "./lifecycle.js";
export {
  type Bounds,
  type Concurrency,
  type Limit,
  type LimitKeyPart,
  type LimitTier,
  type LimitTiers,
  limit,
  type SlowDown,
} from "./limits.js";
export {
  type Instant,
  type InstantLike,
  isMoment,
  type MomentName,
  type Moments,
  missingTemporal,
  momentOf,
  momentText,
  type PlainDate,
  type PlainDateLike,
} from "./moments.js";
export {
  custom,
  type IdPlace,
  type ListedObjects,
  type NamedObjects,
  type ObjectRule,
  type OwnerFact,
  type Ownership,
  owner,
  tenant,
} from "./object.js";
export {
  type ApiPolicy,
  type OperationPolicy,
  operation,
  type ServerPolicy,
  type ServerVariable,
} from "./operation.js";
export type { PageItem, Pagination } from "./pagination.js";
export type { ReadRules, WriteRule, WriteRules } from "./properties.js";
export type { Retries } from "./retries.js";
export { allRoles, anyRole, deny, objectOwner, type RoleRule, type RoleTable, role } from "./roles.js";
export type {
  ApiKeyScheme,
  BasicScheme,
  CertificateScheme,
  DpopRules,
  HttpScheme,
  IntrospectionRules,
  JwtRules,
  PrincipalMapping,
  SchemeLife,
  SchemePolicy,
  TokenScheme,
} from "./schemes.js";
export type { SensitiveParts, Sensitivity } from "./sensitivity.js";
export type { ServerTls } from "./server-tls.js";
export { type EnvSetting, env, type Setting } from "./setting.js";
export type { StepUp } from "./step-up.js";
export { type Duration, type Size, toMilliseconds, toOctets } from "./units.js";
export type { UrlRule, UrlRules } from "./urls.js";
export type { Version, Versioning } from "./versioning.js";
export type { BodyWire, Field, Kind, ListPart, OutputWire, Part, PartList, Parts, Upload, Wire } from "./wire.js";
