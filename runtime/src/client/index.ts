/** The client: what generated `client.ts` is built on, and the ways to prove who the caller is. */
export type { IncomingFile, Multipart } from "../http/multipart/contract.js";
export { at } from "./chain.js";
export { connect } from "./connect.js";
export type {
  ApiKeyCredential,
  BasicCredential,
  Caller,
  CallOptions,
  CertificateCredential,
  ClientCall,
  ClientOptions,
  ClientTls,
  Content,
  ContentCodec,
  Credential,
  CredentialKind,
  DeprecationNotice,
  Incoming,
  Interceptor,
  Operation,
  Outgoing,
  Place,
  Placed,
  Possession,
  PossessionKey,
  Proof,
  ProofRequest,
  StreamedBody,
  TokenCredential,
  Transport,
} from "./contract.js";
export { apiKey, basic, bearer, certificate, dpop } from "./credentials/static.js";
export { Failure, type FailureCode, type FailureFacts, HttpFailure } from "./failure.js";
export { type BreakerOptions, circuitBreaker } from "./interceptors/breaker.js";
export { type PaceOptions, pace } from "./interceptors/pace.js";
export { items } from "./items.js";
export { multipart } from "./multipart.js";
export { multipartAnswers } from "./multipart-answers.js";
export { dpopKeys } from "./possession.js";
export type { LegacyReset } from "./rate-limit.js";
export type { Answer, Call, Result } from "./result.js";
