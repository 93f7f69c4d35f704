import type { Mask } from "./audit.js";
import type { CookieRules } from "./cookie.js";
import type { Setting } from "./setting.js";
import type { Duration } from "./units.js";

/** How a principal is read from the claims of a token. */
export interface PrincipalMapping {
  /** Claims that identify the caller, in order. RFC 7519, 4.1.2: `sub` is unique in the scope of its issuer only. */
  readonly id: readonly string[];
  readonly tenant?: string;
  readonly plan?: string;
  /** Where role names stand in the claims (RFC 6901 pointer), and which of ours they stand for. No map: the names are ours. */
  readonly roles?: { readonly claim: string; readonly map?: Readonly<Record<string, string>> };
}

/** What a JSON Web Token must hold to be accepted (RFC 7519, RFC 8725, RFC 9068). */
export interface JwtRules {
  /** Compared exactly with `iss`. Absent: taken from code (`jwt({ issuer })`), and the server does not start without it. */
  readonly issuer?: Setting;
  readonly jwksUri?: Setting;
  readonly audience: readonly Setting[];
  readonly algorithms: readonly string[];
  /** Whether `typ` must say that this is an access token (RFC 9068, 4). */
  readonly typ: "at+jwt" | "ifPresent" | "off";
  readonly clockSkew: Duration;
  /** The oldest `iat` that is accepted, where the spec sets one. */
  readonly maxAge?: Duration;
  /** How a token that was withdrawn before it expired is found out. Absent: it is good until then. */
  readonly revocation?: "introspect" | "denylist";
}

/** Where the authorization server says what a token is worth (RFC 7662). Without `jwt.revocation` the tokens are opaque. */
export interface IntrospectionRules {
  readonly endpoint: Setting;
  /** The longest that an answer is relied on. */
  readonly cacheTtl: Duration;
}

/** What a proof of possession must hold beyond RFC 9449, 4.3. */
export interface DpopRules {
  /** The oldest proof that is accepted. */
  readonly maxAge: Duration;
  /** Whether a proof must hold a nonce of this server (RFC 9449, 9). */
  readonly nonce: "off" | "required";
}

/** `type: oauth2`, `type: openIdConnect`, or `type: http` with `scheme: bearer`: a bearer token that is a JWT. */
export interface TokenScheme {
  readonly kind: "token";
  readonly type: "oauth2" | "openIdConnect" | "bearer";
  /** `openIdConnectUrl`, or `oauth2MetadataUrl` (RFC 8414). */
  readonly discovery?: Setting;
  /** The token endpoint of the spec's flows, for clients where there is no discovery. */
  readonly tokenUrl?: string;
  readonly jwt: JwtRules;
  readonly introspection?: IntrospectionRules;
  /** The key that a token is bound to: one that the caller proves (RFC 9449), or its certificate's (RFC 8705, 3). Absent: none. */
  readonly binding?: "dpop" | "mtls";
  readonly dpop?: DpopRules;
  readonly principal: PrincipalMapping;
}

/** `type: apiKey`. */
export interface ApiKeyScheme {
  readonly kind: "apiKey";
  readonly in: "header" | "cookie";
  readonly name: string;
  /** What every key starts with, so that secret scanners can find a leaked one. */
  readonly prefix?: string;
  /** How many random bits the secret of a key holds at least: 128 to 512. Absent: 160. */
  readonly entropyBits?: number;
  /** How keys are remembered. Absent: `sha256`. A record made in the other way is refused. */
  readonly hash?: "sha256" | "hmac-sha256";
  /** Peppers of `hmac-sha256`: new keys get the first, those after it still verify. Absent: taken from code (`apiKeys({ pepper })`). */
  readonly pepper?: readonly Setting[];
  /** Absent: `optional`. */
  readonly expires?: "required" | "optional";
  /** A key older than `maxAge` is refused; one that was rotated works for `overlap` more (nothing where absent). */
  readonly rotation?: { readonly maxAge: Duration; readonly overlap?: Duration };
  /** Where it is in a cookie. */
  readonly cookie?: CookieRules;
}

/** `type: http` with `scheme: basic` (RFC 7617). */
export interface BasicScheme {
  readonly kind: "basic";
}

/** `type: http` with another `scheme` of the IANA registry: a verifier of one's own decides what its credentials are worth. */
export interface HttpScheme {
  readonly kind: "http";
  /** The name of the authentication scheme (RFC 9110, 11.1), in lower case. */
  readonly scheme: string;
}

/** `type: mutualTLS`: the caller's certificate is its credential. */
export interface CertificateScheme {
  readonly kind: "certificate";
  /** Facts of the certificate that say who the caller is: `subject.CN`, `san.uri`, … Absent: code says it. */
  readonly principal?: { readonly id: readonly string[]; readonly tenant?: string };
}

/** What may be said of every scheme. */
export interface SchemeLife {
  /** From then on its credentials are refused (RFC 3339). Absent: they never are. */
  readonly acceptedUntil?: string;
  /** How the ids of its callers are shown in logs and audit lines. Absent: as they are. */
  readonly mask?: Mask;
}

/** A security scheme of the spec, as the runtime verifies it. */
export type SchemePolicy = (TokenScheme | ApiKeyScheme | BasicScheme | HttpScheme | CertificateScheme) & SchemeLife;
