/** The server: a contract in, guards compiled from it, one API object out that adapters serve. */
export { type ApiKeyOptions, apiKeys } from "../credentials/api-key.js";
export { type BasicFacts, type BasicOptions, basic } from "../credentials/basic.js";
export { type CertificateOptions, certificates } from "../credentials/certificates.js";
export { type CallerFacts, type CallerVerdict, type OwnVerifier, verifier } from "../credentials/custom.js";
export { type MemoryReplayOptions, memoryReplay } from "../credentials/dpop/memory-replay.js";
export type { DpopOptions } from "../credentials/dpop/possession.js";
export { type IntrospectionOptions, introspection } from "../credentials/introspection.js";
export type { IntrospectionClient } from "../credentials/introspection-client.js";
export { jwt, type PresentationOptions } from "../credentials/jwt.js";
export type { JwtOptions } from "../credentials/jwt-options.js";
export { type KeyVerdict, type VerifyApiKey, verifyApiKey } from "../credentials/key-check.js";
export {
  createApiKey,
  type KeyMaking,
  type NewApiKey,
  type RevokeApiKey,
  type RotateApiKey,
  revokeApiKey,
  rotateApiKey,
} from "../credentials/key-life.js";
export type { KeyAct } from "../credentials/key-trail.js";
export { hashPassword, type PasswordRecord, passwords } from "../credentials/passwords.js";
export type { Identity, Principal } from "../credentials/principal.js";
export type { BoundVerifier, ResourceFacts, SchemeContext, Verdict, Verifier } from "../credentials/verifier.js";
export type { ClientCertificate, Exchange, ReceivedHeaders, Reply, TlsFacts } from "../http/exchange.js";
export type { CheckedUrl, CheckedUrls } from "../http/urls/checked.js";
export type { Resolve } from "../http/urls/resolve.js";
export type { AuditLine, AuditSink } from "../observe/audit.js";
export { consoleLog } from "../observe/console-log.js";
export { jsonLines } from "../observe/json-lines.js";
export type { Log } from "../observe/log.js";
export type { Arrival, Departure, GuardWatch, Observer, ShownPrincipal, Watch } from "../observe/observer.js";
export { type LineLevel, type RequestLogOptions, requestLog } from "../observe/request-log.js";
export { safeLog } from "../observe/safe-log.js";
export type { Trace } from "../observe/trace.js";
export { type Usage, type UsageOptions, type UsageReport, type UsageRow, usage } from "../observe/usage.js";
export type { Problem, ProblemDetail } from "../problem/problem.js";
export { Refusal, type RefusalCode, type RefusalFacts } from "../problem/refusal.js";
export { type RefuseFacts, refuse } from "../problem/refuse.js";
export { type StartCode, type StartComplaint, StartError } from "../problem/start-error.js";
export type { DeniableToken, Denylist } from "../secrets/denylist.js";
export type { Peppers } from "../secrets/key-digest.js";
export type { IssuedApiKey } from "../secrets/key-form.js";
export type { ApiKeyRecord, KeyFinder, KeyHash, KeyStore } from "../secrets/key-record.js";
export { type KeyTerms, keyScheme } from "../secrets/key-rules.js";
export type { ReplayStore } from "../secrets/replay.js";
export { Secret } from "../secrets/secret.js";
export type { SuppliedSecret } from "../secrets/supplied.js";
export { type CachedKeysOptions, cachedKeys } from "../stores/cached-keys.js";
export type { Claim, Found, IdempotencyStore, Settlement } from "../stores/idempotency.js";
export { type LeasedLimitsOptions, leasedLimits } from "../stores/leased-limits.js";
export type { LimitAlgorithm, LimitCheck, LimitStore, LimitVerdict, LocalLimitStore } from "../stores/limits.js";
export { type MemoryDenylist, type MemoryDenylistOptions, memoryDenylist } from "../stores/memory-denylist.js";
export { type MemoryIdempotencyOptions, memoryIdempotency } from "../stores/memory-idempotency.js";
export { memoryKeys } from "../stores/memory-keys.js";
export { type MemoryLimitsOptions, memoryLimits } from "../stores/memory-limits.js";
export { type CompileOptions, compileApi } from "./api.js";
export type {
  Api,
  Call,
  Contract,
  CustomRule,
  EnvSource,
  Handler,
  HandlerReply,
  IdempotencyOptions,
  IncomingFile,
  Loader,
  Multipart,
  MultipartCodec,
  OperationContract,
  OperationSchemas,
  OverloadOptions,
  OwnHeaders,
  PartBounds,
  Resumed,
  SchemaIssue,
  SchemaResult,
  ServerOptions,
  StandardSchema,
} from "./contract.js";
export type { CertificateReader, ProxyOptions } from "./proxies.js";
export { csrfTokenCookie, type SessionCookieOptions, sessionCookie } from "./session-cookie.js";
export { readSettings } from "./settings.js";
export type { SharedHandler, SharedHandlers } from "./shared-handlers.js";
export { type VersionsOptions, versions } from "./versions.js";
