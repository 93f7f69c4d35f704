import type { BoundVerifier } from "../credentials/verifier.js";
import type { Exchange, Reply } from "../http/exchange.js";
import { originOf } from "../http/origin.js";
import { Refusal } from "../problem/refusal.js";
import type { ResourceMetadata } from "./blueprint.js";
import type { Contract } from "./contract.js";
import { needsScopes } from "./needs.js";
import { encodeProblem, toReply } from "./reply.js";

/** Makes the metadata: who issues tokens for this API, which scopes there are, and what a token is bound to. */
export function describeResource(
  contract: Contract,
  verifiers: ReadonlyMap<string, BoundVerifier>,
  place: { readonly basePath: string; readonly origin: string | undefined },
): ResourceMetadata {
  const facts = [...verifiers.values()].flatMap(({ resource }) => resource ?? []);
  if (facts.length === 0) return { metadataUrl: () => undefined, answer: () => undefined };
  const { basePath, origin } = place;
  // RFC 9728, 3.1: the well-known part is inserted between host and path.
  const path = `/.well-known/oauth-protected-resource${basePath}`;
  const bindings = new Set(facts.map(({ binding }) => binding));
  const algorithms = [...new Set(facts.flatMap(({ dpopAlgorithms }) => dpopAlgorithms))];
  const document = {
    authorization_servers: [...new Set(facts.flatMap(({ authorizationServers }) => authorizationServers))],
    scopes_supported: scopesOf(contract),
    // RFC 9700, 4.3.2: tokens never stand in a URL, and we read none from a body.
    bearer_methods_supported: ["header"],
    resource_name: contract.api.title,
    ...(bindings.has("mtls") ? { tls_client_certificate_bound_access_tokens: true } : {}),
    ...(algorithms.length === 0 ? {} : { dpop_signing_alg_values_supported: algorithms }),
    ...(bindings.size === 1 && bindings.has("dpop") ? { dpop_bound_access_tokens_required: true } : {}),
  };
  const urlOf = (exchange: Exchange) => originOf(exchange, origin);
  return {
    metadataUrl: (exchange) => {
      const base = urlOf(exchange);
      return base === undefined ? undefined : base + path;
    },
    answer: (exchange, requestId) => {
      if (exchange.target.replace(/\?.*$/s, "") !== path) return undefined;
      const base = urlOf(exchange);
      if (exchange.method !== "GET" && exchange.method !== "HEAD") return refused(exchange, requestId, wrongMethod);
      if (base === undefined) return refused(exchange, requestId, unknownHost);
      // RFC 9728, 3.3: the client compares this with the URL that it asked at, character by character.
      const body = JSON.stringify({ resource: base + basePath, ...document });
      return toReply({ exchange, requestId }, 200, { type: "application/json", body }, []);
    },
  };
}

const wrongMethod = new Refusal("method_not_allowed", {
  status: 405,
  title: "The method is not allowed",
  headers: ["Allow", "GET, HEAD"],
});

const unknownHost = new Refusal("bad_request", {
  status: 400,
  title: "The request is malformed",
  detail: "Host is missing, repeated, or no host.",
});

function refused(exchange: Exchange, requestId: string, refusal: Refusal): Reply {
  return toReply({ exchange, requestId }, refusal.status, encodeProblem(refusal, requestId), refusal.headers);
}

function scopesOf({ api, operations }: Contract): readonly string[] {
  const uses = Object.values(operations).flatMap(({ policy: { access } }) =>
    access.kind === "public" ? [] : access.anyOf.flatMap(({ allOf }) => allOf),
  );
  return [...new Set(uses.filter((use) => needsScopes(api, use.scheme)).flatMap(({ needs }) => needs))].sort();
}
