import type { ClientCertificate } from "../http/exchange.js";
import type { CertificateScheme } from "../policy/index.js";
import { Refusal } from "../problem/refusal.js";
import { unavailable } from "../problem/refusals.js";
import { StartError } from "../problem/start-error.js";
import { certificateFact } from "./certificate-facts.js";
import { challengeOf } from "./challenge.js";
import type { CallerFacts } from "./custom.js";
import { badCredential } from "./fault.js";
import type { Verdict, Verifier } from "./verifier.js";
import { wrongScheme } from "./wrong-scheme.js";

/** Options of `certificates`. */
export interface CertificateOptions {
  /**
   * Who a certificate belongs to, or `undefined` for nobody. It is trusted already: issued by an authority of the server, in date. Default: what
   * the spec says (`principal`).
   */
  readonly identify?: (certificate: ClientCertificate) => CallerFacts | undefined | Promise<CallerFacts | undefined>;
}

/**
 * Verifies client certificates (OpenAPI's `mutualTLS`): those of the TLS layer, never one that a header claims. A certificate that no
 * authority of the server has issued, and one that nobody is known by, get 401.
 * @throws StartError at start where neither the spec nor code says who a certificate belongs to.
 */
export function certificates(options: CertificateOptions = {}): Verifier<"certificate"> {
  return {
    kind: "certificate",
    bind: ({ name, scheme }) => {
      if (scheme.kind !== "certificate") throw wrongScheme(name, "certificates", scheme.kind);
      const identify = options.identify ?? mapped(name, scheme);
      return {
        verify: ({ tls }) => {
          const certificate = tls?.certificate;
          if (certificate === undefined) return undefined;
          if (!certificate.trusted) return badCredential("no authority of ours has issued the certificate");
          return ask(identify, certificate, name);
        },
        challenge: (error) => challengeOf("Certificate", name, {}, error),
      };
    },
  };
}

type Identify = NonNullable<CertificateOptions["identify"]>;

function mapped(name: string, { principal }: CertificateScheme): Identify {
  if (principal === undefined || principal.id.length === 0) {
    const message = `schemes.${name}: say who a certificate belongs to: principal: {id: [subject.CN]} in the spec, or certificates({ identify }).`;
    throw new StartError([{ code: "invalid_option", message }]);
  }
  return (certificate) => {
    const parts = principal.id.map((fact) => certificateFact(certificate, fact));
    const tenant = principal.tenant === undefined ? undefined : certificateFact(certificate, principal.tenant);
    if (parts.some((part) => part === undefined)) return undefined;
    if (principal.tenant !== undefined && tenant === undefined) return undefined;
    const [only] = parts;
    const id =
      parts.length === 1
        ? String(only)
        : parts.map((part) => String(part).replace(/[%|]/g, encodeURIComponent)).join("|");
    return { id, ...(tenant === undefined ? {} : { tenant }) };
  };
}

/** A mapping that fails must not let anybody in, and is no fault of the caller's (R12). */
function ask(identify: Identify, certificate: ClientCertificate, name: string): Verdict | Promise<Verdict> {
  const judged = (facts: CallerFacts | undefined) => toVerdict(facts, certificate, name);
  const failed = (cause: unknown) => (cause instanceof Refusal ? cause : unavailable(cause));
  try {
    const facts = identify(certificate);
    return facts instanceof Promise ? facts.then(judged).catch(failed) : judged(facts);
  } catch (cause) {
    return failed(cause);
  }
}

function toVerdict(facts: CallerFacts | undefined, certificate: ClientCertificate, scheme: string): Verdict {
  if (facts === undefined) return badCredential("nobody is known by the certificate");
  const { id, client, tenant, scopes, roles, issuer, claims = {} } = facts;
  if (typeof id !== "string" || id === "") return badCredential("the certificate belongs to a caller without an id");
  return {
    scheme,
    id,
    subject: id,
    issuer,
    client,
    tenant,
    scopes: new Set(scopes),
    roles: new Set(roles),
    claims: { thumbprint: certificate.thumbprint, ...claims },
  };
}
