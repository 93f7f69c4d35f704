import type { Exchange } from "../http/exchange.js";
import type { TokenScheme } from "../policy/index.js";
import type { Refusal } from "../problem/refusal.js";
import { challengeOf } from "./challenge.js";
import { confirmationOf, type Possession } from "./confirmation.js";
import { type DpopOptions, dpopPossession } from "./dpop/possession.js";
import { badToken } from "./fault.js";
import type { SchemeContext } from "./verifier.js";

/** What the scheme asks for. */
export function possessionOf(
  context: SchemeContext,
  scheme: TokenScheme,
  options: { readonly dpop?: DpopOptions },
): Possession {
  switch (scheme.binding) {
    case undefined:
      return { binding: "none", dpopAlgorithms: [], confirm: unbound, challenge: bearer(context.name) };
    case "mtls":
      return { binding: "mtls", dpopAlgorithms: [], confirm: byCertificate, challenge: bearer(context.name) };
    case "dpop":
      return dpopPossession(context, scheme, options.dpop ?? {});
    default:
      return scheme.binding satisfies never;
  }
}

const bearer = (name: string) => (error?: Readonly<Record<string, string>>) => challengeOf("Bearer", name, {}, error);

/** RFC 9449, 7.2 and RFC 8705, 3: a bound token is good with its proof only, and none is checked here (R22). */
function unbound(_exchange: Exchange, _token: string, confirmation: unknown): Refusal | undefined {
  return confirmation === undefined ? undefined : badToken("the token is bound to a key");
}

/** RFC 8705, 3: the certificate is the TLS layer's, never one that a header claims (R23). */
function byCertificate({ tls }: Exchange, _token: string, confirmation: unknown): Refusal | undefined {
  const bound = confirmationOf(confirmation, "x5t#S256");
  if (bound === undefined) return badToken("the token is not bound to a certificate");
  const shown = tls?.certificate?.thumbprint;
  return shown !== undefined && shown === bound ? undefined : badToken("the token is bound to another certificate");
}
