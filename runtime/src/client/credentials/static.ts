import { type CookieRules, csrfCookie, csrfHeader, defaultCookie, requestedWith } from "../../policy/index.js";
import { type SuppliedSecret, supplied } from "../../secrets/supplied.js";
import type {
  ApiKeyCredential,
  BasicCredential,
  CertificateCredential,
  PossessionKey,
  Proof,
  ProofRequest,
  TokenCredential,
} from "../contract.js";
import { Failure } from "../failure.js";
import { possessing } from "../interceptors/proof.js";

/** A bearer token that comes from elsewhere (RFC 6750, 2.1). */
export function bearer(token: SuppliedSecret): TokenCredential {
  return {
    kind: "token",
    prove: (request) => {
      if (isBound(request))
        throw new Failure("configuration", `${request.scheme} wants proofs: use dpop() in place of bearer()`);
      const proofOf = (value: string) => ({ headers: { authorization: `Bearer ${printable(value)}` } });
      // Whoever has it at hand is not waited for.
      const value = supplied(token);
      return typeof value === "string" ? proofOf(value) : value.then(proofOf);
    },
  };
}

/** A token that comes from elsewhere, bound to a key of ours (RFC 9449, 7.1). */
export function dpop(facts: { readonly token: SuppliedSecret; readonly keys: PossessionKey }): TokenCredential {
  const around = possessing();
  return {
    kind: "token",
    prove: async (request) => {
      if (!isBound(request))
        throw new Failure("configuration", `${request.scheme} takes no proofs: use bearer() in place of dpop()`);
      const token = printable(await supplied(facts.token));
      const { keys } = facts;
      return { headers: { authorization: `DPoP ${token}` }, around: around({ keys, token, now: request.now }) };
    },
  };
}

function isBound({ api, scheme }: ProofRequest): boolean {
  const policy = api.schemes[scheme];
  return policy?.kind === "token" && policy.binding === "dpop";
}

/** An API key, sent where the spec says. */
export function apiKey(key: SuppliedSecret): ApiKeyCredential {
  return {
    kind: "apiKey",
    prove: async ({ api, scheme, origin }) => {
      const policy = api.schemes[scheme];
      if (policy?.kind !== "apiKey") throw new Failure("configuration", `${scheme} is not an API key scheme`);
      const value = printable(await supplied(key));
      if (policy.in === "header") return { headers: { [policy.name.toLowerCase()]: value } };
      if (/[;,"\\\s]/.test(value)) throw new Failure("configuration", "The API key cannot stand in a cookie");
      return withCookie(policy.name, value, policy.cookie ?? defaultCookie, origin);
    },
  };
}

/** A program is its own page: it says so as the spec wants it said (R50). */
function withCookie(name: string, value: string, { csrf }: CookieRules, origin: string): Proof {
  const cookies = { [name]: value };
  if (csrf === "origin") return { cookies, headers: { origin } };
  if (csrf === "header") return { cookies, headers: { [requestedWith.toLowerCase()]: "sallyport" } };
  const token = crypto.randomUUID();
  return { cookies: { ...cookies, [csrfCookie]: token }, headers: { [csrfHeader.toLowerCase()]: token } };
}

/** The certificate of `tls.cert`: the handshake proves it, and nothing is added to the request. */
export function certificate(): CertificateCredential {
  return {
    kind: "certificate",
    prove: () => ({}),
    lacks: ({ tls, transport }) =>
      transport === undefined && tls?.cert === undefined ? "certificate() needs tls.cert and tls.key" : undefined,
  };
}

/** A name and a password (RFC 7617). */
export function basic(facts: { readonly username: string; readonly password: SuppliedSecret }): BasicCredential {
  // RFC 7617, 2: the first colon ends the name.
  if (facts.username.includes(":")) throw new Failure("configuration", "A user name holds no colon");
  return {
    kind: "basic",
    prove: async () => {
      const octets = new TextEncoder().encode(`${facts.username}:${await supplied(facts.password)}`);
      return { headers: { authorization: `Basic ${btoa(String.fromCharCode(...octets))}` } };
    },
  };
}

function printable(secret: string): string {
  if (!/^[\x21-\x7e]+$/.test(secret)) throw new Failure("configuration", "The credential cannot stand in a header");
  return secret;
}
