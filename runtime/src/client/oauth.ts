/** Tokens of an authorization server: OAuth's flows, and where what they end with is kept. A client that uses none of it loads none. */

export {
  type ClientAuthentication,
  privateKeyJwt,
  secretBasic,
  secretPost,
  tlsClientAuth,
} from "./credentials/client-authentication.js";
export { clientCredentials } from "./credentials/client-credentials.js";
export { type RefreshOptions, refreshToken } from "./credentials/refresh-token.js";
export { type SessionEnd, type SessionOptions, session } from "./credentials/session.js";
export { type ExchangeOptions, type ShownToken, tokenExchange } from "./credentials/token-exchange.js";
export type { TokenSource } from "./credentials/token-source.js";
export { memoryStore, type TokenStore, type Tokens } from "./credentials/tokens.js";
export { dpopKeys } from "./possession.js";
