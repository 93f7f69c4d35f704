import type { SourceSpan } from "../code/diagnostic.js";

/** OR of ANDs; or public, said aloud. The AND of nothing is the anonymous caller. */
export type Access =
  | { readonly kind: "restricted"; readonly anyOf: readonly (readonly SchemeUse[])[] }
  | { readonly kind: "public" };

export interface SchemeUse {
  readonly scheme: string;
  /** Scopes for OAuth 2.0 and OpenID Connect, role names otherwise. */
  readonly needs: readonly string[];
}

export type RoleRule =
  | { readonly kind: "role"; readonly role: string }
  | { readonly kind: "anyRole"; readonly of: readonly RoleRule[] }
  | { readonly kind: "allRoles"; readonly of: readonly RoleRule[] }
  /** The owner of the object that the call is about: for properties only. */
  | { readonly kind: "owner" }
  | { readonly kind: "deny" };

/** A value written in the spec, or one that the server's environment supplies. */
export type Setting =
  | { readonly kind: "literal"; readonly value: string }
  | { readonly kind: "env"; readonly name: string };

export interface SettingUse {
  readonly name: string;
  readonly description: string;
  /** Whether its value is one that nobody may see. */
  readonly secret: boolean;
}

export type Scheme = {
  readonly name: string;
  readonly at: SourceSpan;
  /** From then on its credentials are refused. */
  readonly acceptedUntil: string | undefined;
  /** How the ids of its callers are shown in logs and audit lines. */
  readonly mask: Mask;
} & (
  | {
      readonly kind: "token";
      readonly type: "oauth2" | "openIdConnect" | "bearer";
      readonly discovery: Setting | undefined;
      readonly tokenUrl: string | undefined;
      /** Scopes that the flows declare; `undefined` for OpenID Connect, where the spec cannot know. */
      readonly scopes: readonly string[] | undefined;
      readonly jwt: JwtRules;
      readonly introspection: { readonly endpoint: Setting; readonly cacheTtl: string } | undefined;
      readonly binding: "dpop" | "mtls" | undefined;
      readonly dpop: { readonly maxAge: string; readonly nonce: "off" | "required" } | undefined;
      readonly principal: PrincipalMapping;
    }
  | {
      readonly kind: "apiKey";
      readonly in: "header" | "cookie";
      readonly header: string;
      readonly keys: KeyRules;
      /** Set where it is in a cookie. */
      readonly cookie: CookieRules | undefined;
    }
  | { readonly kind: "basic" }
  /** Any other `type: http`: a verifier of the user's own. */
  | { readonly kind: "http"; readonly scheme: string }
  | {
      readonly kind: "certificate";
      /** Facts of the certificate; `undefined` where code says who a certificate belongs to. */
      readonly principal: { readonly id: readonly string[]; readonly tenant: string | undefined } | undefined;
    }
);

export interface CookieRules {
  readonly hostPrefix: boolean;
  readonly sameSite: "lax" | "strict" | "none";
  readonly csrf: "origin" | "header" | "doubleSubmit";
}

export interface JwtRules {
  readonly issuer: Setting | undefined;
  readonly jwksUri: Setting | undefined;
  readonly audience: readonly Setting[];
  readonly algorithms: readonly string[];
  readonly typ: "at+jwt" | "ifPresent" | "off";
  readonly clockSkew: string;
  readonly maxAge: string | undefined;
  readonly revocation: "introspect" | "denylist" | undefined;
}

/** How API keys are made, remembered and ended. */
export interface KeyRules {
  readonly prefix: string | undefined;
  readonly entropyBits: number;
  readonly hash: "sha256" | "hmac-sha256";
  readonly pepper: readonly Setting[];
  readonly expires: "required" | "optional";
  readonly rotation: { readonly maxAge: string; readonly overlap: string } | undefined;
}

export interface PrincipalMapping {
  readonly id: readonly string[];
  readonly tenant: string | undefined;
  readonly plan: string | undefined;
  readonly roles: { readonly claim: string; readonly map: Readonly<Record<string, string>> | undefined } | undefined;
}

/** How the user must have signed in (RFC 9470). */
export interface StepUp {
  readonly acr: readonly string[] | undefined;
  readonly maxAge: string | undefined;
}

/** `ip`, `principal`, `body:/email`, …: as the vocabulary spells it. */
export type LimitKeyPart = string;

/** A named limit. Durations and sizes stay as the spec writes them. */
export interface Limit {
  readonly name: string;
  readonly limit: number;
  readonly window: string;
  readonly burst: number;
  readonly key: readonly LimitKeyPart[];
  /** What is as it always is, is absent below. */
  readonly algorithm?: "fixed" | "sliding" | "tokenBucket";
  readonly unit?: "content-bytes" | "concurrent-requests";
  readonly count?: "failures";
  readonly lockout?: { readonly after: number; readonly for: string };
  readonly tiers?: LimitTiers;
  readonly exempt?: readonly string[];
  readonly onStoreError?: "deny" | "allow";
  readonly headers?: "legacy" | "both" | "none";
}

/** Plans that may use another amount, sorted by name. */
export interface LimitTiers {
  readonly by: string;
  readonly of: readonly LimitTier[];
}

export interface LimitTier {
  readonly plan: string;
  readonly limit: number;
  readonly burst?: number;
}

/** What an operation says of how often it may be called, besides its limits. */
export interface Pace {
  readonly cost: number;
  readonly slowDown: SlowDown | undefined;
  readonly concurrency: Concurrency | undefined;
}

export interface Idempotency {
  readonly header: string;
  readonly required: boolean;
  readonly ttl: string;
  readonly scope: readonly string[];
  readonly fingerprint: "body" | "none";
}

export interface SlowDown {
  readonly after: number;
  readonly window: string;
  readonly delay: string;
  readonly maxDelay: string;
  readonly key: readonly LimitKeyPart[];
}

export interface Concurrency {
  readonly max: number;
  readonly key: readonly LimitKeyPart[];
  readonly queue?: number;
  readonly wait?: string;
}

/** The use of a limit by an operation: always by name, as an inline limit is lifted to a named one. */
export interface LimitUse {
  readonly name: string;
}

export interface ApiBounds {
  readonly body: string;
  readonly url?: string;
  readonly headers?: string;
  readonly depth: number;
  readonly keys?: number;
  readonly items?: number;
  /** Of multipart bodies; absent where the spec does not say. */
  readonly parts?: number;
  readonly file?: string;
  readonly inflateRatio?: number;
  readonly readTimeout?: string;
  readonly timeout?: string;
}

/** Which pages of other origins may call, by name. */
export interface Cors {
  readonly name: string;
  readonly origins: readonly string[];
  readonly credentials: boolean;
  readonly maxAge: string;
}

export interface ObjectRule {
  readonly type: string;
  readonly whose: Ownership;
  readonly target: ObjectTarget;
  readonly unless: readonly string[];
}

export type Ownership =
  | { readonly kind: "owner"; readonly field: string; readonly equals: "id" | "subject" | "tenant" | "client" }
  | { readonly kind: "tenant"; readonly field: string }
  | { readonly kind: "custom"; readonly rule: string };

/** What a call names, by an id or by several; or what it answers. */
export type ObjectTarget =
  | { readonly kind: "named"; readonly id: IdPlace; readonly many: boolean; readonly deny: 403 | 404 }
  | { readonly kind: "listed"; readonly list: "filter" | "assert"; readonly items: string };

/** A parameter by its name; or the body, and a pointer into it. */
export interface IdPlace {
  readonly in: "path" | "query" | "header" | "body";
  readonly name: string;
}

/** Who sees a property of a response. `*` in a pointer is every item or value, `**` any depth. */
export interface ReadRule {
  readonly pointer: string;
  readonly by: RoleRule;
}

/** Who may send a property of a request. */
export interface WriteRule {
  readonly in: "body" | "query" | "header" | "cookie";
  readonly pointer: string;
  readonly by: RoleRule | undefined;
  readonly unchanged: boolean;
  readonly otherwise: "reject" | "ignore";
}

/** Which URLs a value of a request may be. */
export interface UrlRule {
  readonly schemes: readonly string[];
  /** `undefined`: every host. */
  readonly hosts: readonly string[] | undefined;
  readonly private: "deny" | "allow";
}

/** The rule of a place in a request. */
export interface UrlUse {
  readonly in: "path" | "query" | "header" | "cookie" | "body";
  readonly pointer: string;
  readonly rule: UrlRule;
}

export interface Lifecycle {
  /** RFC 3339 instants. */
  readonly deprecatedAt: string;
  readonly sunset: string | undefined;
  /** The id of the operation that replaces this one. */
  readonly successor: string | undefined;
  readonly docs: string | undefined;
  readonly afterSunset: "gone" | "serve";
}

export type Mask = "plain" | "last4" | "hash" | "drop";

/** Something that may not be in a log as it is. */
export interface MaskedPart {
  readonly in: "path" | "query" | "header" | "cookie" | "body" | "answer";
  /** The parameter. */
  readonly name?: string;
  /** Into its value, or into the body: RFC 6901, with `*` and `**`. */
  readonly pointer: string;
  readonly mask: Mask;
}

export interface Audit {
  readonly level: "access" | "write";
  readonly event: string;
  readonly subject:
    | { readonly in: "path" | "query" | "header"; readonly name: string; readonly mask: Mask }
    | undefined;
  readonly fields: readonly { readonly pointer: string; readonly mask: Mask }[];
}

export interface Retries {
  readonly maxAttempts: number;
  readonly base: string;
  readonly cap: string;
  readonly maxElapsed: string;
  readonly statuses: readonly number[];
  readonly network: boolean;
  readonly when: "idempotent" | "always" | "never";
  readonly retryAfterMax: string;
}
