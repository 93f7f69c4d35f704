import type { SuppliedSecret } from "../../secrets/supplied.js";
import type { PossessionKey, Transport } from "../contract.js";
import type { ClientTls } from "../tls.js";
import type { ClientAuthentication } from "./client-authentication.js";

/** Where tokens come from, and who asks for them. */
export interface TokenSource {
  readonly clientId: string;
  /** Sent by HTTP basic (RFC 6749, 2.3.1), or in the form where the server takes nothing else. A public client has none. */
  readonly clientSecret?: SuppliedSecret;
  /** Another way to say who asks: `secretPost()`, `privateKeyJwt()`, `tlsClientAuth()`. */
  readonly clientAuthentication?: ClientAuthentication;
  /** The authorization server. Default: the one that the spec names. */
  readonly issuer?: string;
  /** Its token endpoint, where it publishes no metadata. */
  readonly tokenUrl?: string;
  /** Its authorization endpoint, where it publishes no metadata. */
  readonly authorizationUrl?: string;
  /** Its device authorization endpoint (RFC 8628), where it publishes no metadata. */
  readonly deviceAuthorizationUrl?: string;
  /** Its revocation endpoint (RFC 7009), where it publishes no metadata. */
  readonly revocationUrl?: string;
  /** Scopes to ask for. Default: those that the operation needs, so that a token can do no more than its call. */
  readonly scope?: string;
  /** The API that the token is for (RFC 8707), where the server wants to be told. */
  readonly resource?: string;
  /**
   * The key that tokens are bound to, where the spec says `binding: dpop`. Default: a new one. A refresh token of a public client
   * is bound as well (RFC 9449, 5), and is no good without the key that it was got with.
   */
  readonly dpop?: PossessionKey;
  /**
   * TLS settings for the authorization server. Default: the authorities of the client's `tls`; its pins only where they are given by
   * origin, or the server has the API's own; its certificate only where tokens are bound to it, or the client proves itself by it.
   */
  readonly tls?: ClientTls;
  /** Sends requests to an origin of the authorization server in place of the transport that is made for it. */
  readonly transport?: (origin: string) => Transport;
}
