/** Tokens of an authorization server: OAuth's flows, and where what they end with is kept. A client that uses none of it loads none. */

export {
  type BrowserStoreOptions,
  browserPending,
  browserStore,
  comeBack,
  leaveToSignIn,
  type PageOptions,
} from "./credentials/browser.js";
export {
  type ClientAuthentication,
  privateKeyJwt,
  secretBasic,
  secretPost,
  tlsClientAuth,
} from "./credentials/client-authentication.js";
export { clientCredentials } from "./credentials/client-credentials.js";
export { type DeviceCode, type DeviceOptions, signInByDevice } from "./credentials/device.js";
export { type RefreshOptions, refreshToken } from "./credentials/refresh-token.js";
export { type SessionEnd, type SessionOptions, session } from "./credentials/session.js";
export {
  finishSignIn,
  memoryPending,
  type PendingSignIn,
  type PendingStore,
  type SignInOptions,
  startSignIn,
} from "./credentials/sign-in.js";
export { type SignOutOptions, signOut } from "./credentials/sign-out.js";
export { type ExchangeOptions, type ShownToken, tokenExchange } from "./credentials/token-exchange.js";
export type { TokenSource } from "./credentials/token-source.js";
export { memoryStore, type TokenStore, type Tokens } from "./credentials/tokens.js";
export { dpopKeys } from "./possession.js";
