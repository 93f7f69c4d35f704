/** The client: what generated `client.ts` is built on, and the ways to prove who the caller is. */
export type { IncomingFile, Multipart } from "../http/multipart/contract.js";
export type { Log } from "../observe/log.js";
export { Secret } from "../secrets/secret.js";
export type { SuppliedSecret } from "../secrets/supplied.js";
export { type AnswerBoundsOptions, answerBounds } from "./answers.js";
export { atVersion } from "./at-version.js";
export { at } from "./chain.js";
export { connect } from "./connect.js";
export { body, json } from "./content.js";
export type {
  AnswerBounds,
  ApiKeyCredential,
  BasicCredential,
  Caller,
  CallerOptions,
  CallOptions,
  CertificateCredential,
  ClientCall,
  ClientOptions,
  Content,
  ContentCodec,
  Credential,
  CredentialKind,
  DeprecationNotice,
  Holds,
  Home,
  HttpCredential,
  Incoming,
  Interceptor,
  Operation,
  Outgoing,
  Place,
  Placed,
  PossessionKey,
  Proof,
  ProofRequest,
  ResponseCheck,
  StreamedBody,
  TokenCredential,
  Transport,
  Whereabouts,
  Writer,
  Writing,
  Written,
} from "./contract.js";
export { apiKey, basic, bearer, certificate, dpop } from "./credentials/static.js";
export { Failure, type FailureCode, type FailureFacts, HttpFailure } from "./failure.js";
export { form } from "./form.js";
export { exactJson, held } from "./held.js";
export { idempotencyKey } from "./idempotency-key.js";
export { type BreakerOptions, circuitBreaker } from "./interceptors/breaker.js";
export { type CallLogOptions, logCalls } from "./interceptors/log.js";
export { noticing } from "./interceptors/notice.js";
export { type PaceOptions, pace } from "./interceptors/pace.js";
export { items } from "./items.js";
export { multipart } from "./multipart.js";
export { multipartAnswers } from "./multipart-answers.js";
export { octets, text } from "./octets.js";
export { ownServer } from "./own-server.js";
export { type PagedCall, paged } from "./pages.js";
export { cookies, headers, query, styledPath, styledQuery } from "./parameters.js";
export { dpopKeys } from "./possession.js";
export { type Progress, type TellProgress, withProgress } from "./progress.js";
export type { LegacyReset } from "./rate-limit.js";
export { responseFields } from "./response-fields.js";
export type { Answer, Call, Result, SuccessAnswer } from "./result.js";
export { type ResumingOptions, resuming } from "./resuming.js";
export { filledIn } from "./server-url.js";
export type { ClientProxy, ClientTls, PinReport } from "./tls.js";
export { ResponseFailure, type ResponseIssue, validated } from "./validated.js";
