import * as oauth from "oauth4webapi";
import { type SuppliedSecret, supplied } from "../../secrets/supplied.js";

/** How a client says who it is to the authorization server. */
export interface ClientAuthentication {
  readonly apply: oauth.ClientAuth;
  /** Whether the certificate of the TLS connection is shown to it. */
  readonly showsCertificate: boolean;
}

/** A secret in the form that is posted (RFC 6749, 2.3.1), for servers that do not take HTTP basic. */
export function secretPost(secret: SuppliedSecret): ClientAuthentication {
  return { apply: asked(secret, oauth.ClientSecretPost), showsCertificate: false };
}

/** A secret by HTTP basic (RFC 6749, 2.3.1): what `clientSecret` means. */
export function secretBasic(secret: SuppliedSecret): ClientAuthentication {
  return { apply: asked(secret, oauth.ClientSecretBasic), showsCertificate: false };
}

/** The secret is asked for at each request, so that a rotated one is used at once. */
function asked(secret: SuppliedSecret, method: (secret: string) => oauth.ClientAuth): oauth.ClientAuth {
  return async (...request) => method(await supplied(secret))(...request);
}

/**
 * A signed statement (RFC 7523, OpenID Connect Core 9): the private key never leaves the client, and no secret is sent.
 * @param kid the id under which the server knows the key.
 */
export function privateKeyJwt(facts: { readonly key: CryptoKey; readonly kid?: string }): ClientAuthentication {
  const { key, kid } = facts;
  return { apply: oauth.PrivateKeyJwt(kid === undefined ? key : { key, kid }), showsCertificate: false };
}

/** The certificate of `tls.cert` (RFC 8705, 2): of an authority that the server trusts, or registered with it. */
export function tlsClientAuth(): ClientAuthentication {
  return { apply: oauth.TlsClientAuth(), showsCertificate: true };
}

/** Who is a client that nothing was said of: one with a secret, or a public one. */
export function authenticationOf(
  told: ClientAuthentication | undefined,
  secret: SuppliedSecret | undefined,
  methods: readonly string[] | undefined,
): ClientAuthentication {
  if (told !== undefined) return told;
  if (secret === undefined) return { apply: oauth.None(), showsCertificate: false };
  // RFC 8414, 2: without a word, it is basic.
  const onlyPost = methods?.includes("client_secret_post") === true && !methods.includes("client_secret_basic");
  return onlyPost ? secretPost(secret) : secretBasic(secret);
}
