import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec, SpecObject, SpecValue } from "../model/spec.js";
import { annotationOf } from "./annotations.js";
import { error, warning } from "./complaint.js";
import { isObject, placesOf } from "./places.js";

/** Security schemes that cannot be trusted as they are described. */
export function schemeFaults(spec: Spec): readonly Diagnostic[] {
  return placesOf(spec)
    .filter(({ role }) => role === "scheme")
    .flatMap(({ node }) => [
      ...urlFaults(spec, node, ["openIdConnectUrl", "oauth2MetadataUrl"]),
      ...flowFaults(spec, node),
      ...jwtFaults(spec, annotationOf(node)?.jwt),
      ...introspectionFaults(spec, annotationOf(node)),
      ...dpopFaults(spec, annotationOf(node)),
      ...idleFaults(spec, node),
      ...cookieFaults(spec, node),
      ...certificateFaults(spec, node),
      ...lifeFaults(spec, node),
    ]);
}

/** Rules for another kind of credential, which no guard of this one reads. */
function idleFaults(spec: Spec, scheme: SpecObject): readonly Diagnostic[] {
  const annotation = annotationOf(scheme);
  if (annotation === undefined) return [];
  const isToken =
    scheme.type === "oauth2" || scheme.type === "openIdConnect" || String(scheme.scheme).toLowerCase() === "bearer";
  const idle = [
    ...(isToken ? [] : ["jwt", "introspection", "binding", "dpop"]),
    ...(isToken || scheme.type === "mutualTLS" ? [] : ["principal"]),
    ...(scheme.type === "apiKey" ? [] : ["apiKey"]),
    ...(scheme.type === "apiKey" && scheme.in === "cookie" ? [] : ["cookie"]),
  ];
  const what = scheme.type === "http" ? `http ${String(scheme.scheme)}` : String(scheme.type);
  return idle
    .filter((key) => annotation[key] !== undefined)
    .map((key) => {
      const fix = `Remove it: it is for ${{ apiKey: "API keys", cookie: "API keys in cookies" }[key] ?? "tokens"}.`;
      return error(
        "SP211",
        `${key} says nothing about a scheme of the type ${what}`,
        fix,
        spec.at(annotation, key, "key"),
      );
    });
}

/** The name says what browsers make of a cookie, whatever else is said of it (RFC 6265bis, 4.1.3.2). */
function cookieFaults(spec: Spec, scheme: SpecObject): readonly Diagnostic[] {
  const cookie = annotationOf(scheme)?.cookie;
  if (!isObject(cookie) || scheme.in !== "cookie") return [];
  const prefixed = String(scheme.name).startsWith("__Host-");
  if (cookie.hostPrefix === undefined || cookie.hostPrefix === prefixed) return [];
  const said = `The cookie is named ${JSON.stringify(scheme.name)}, and hostPrefix is ${String(cookie.hostPrefix)}`;
  const fix = prefixed ? "Say hostPrefix: true, or leave it out." : "Name it __Host-…, or leave hostPrefix out.";
  return [error("SP214", said, fix, spec.at(cookie, "hostPrefix", "key"))];
}

/** OpenAPI 3.2, 4.27: a deprecated scheme should not be used. How long it still is, somebody has to say. */
function lifeFaults(spec: Spec, scheme: SpecObject): readonly Diagnostic[] {
  const annotation = annotationOf(scheme);
  if (scheme.deprecated !== true || annotation?.acceptDeprecated !== undefined) return [];
  const fix = 'Say until when: x-sallyport: {acceptDeprecated: {until: "2027-01-01"}}.';
  return [warning("SP222", "The scheme is deprecated, and accepted without end", fix, spec.at(scheme, "deprecated"))];
}

const certificateFact = /^((subject|issuer)\.[A-Za-z0-9.]+|san\.(dns|uri|email|ip)|serialNumber|thumbprint)$/;

/** What a certificate says has other names than what a token claims. */
function certificateFaults(spec: Spec, scheme: SpecObject): readonly Diagnostic[] {
  const principal = annotationOf(scheme)?.principal;
  if (scheme.type !== "mutualTLS" || !isObject(principal)) return [];
  const fix =
    "Certificates have subject.CN (and O, OU, …), issuer.CN, san.dns, san.uri, san.email, san.ip, serialNumber and thumbprint.";
  const ids = Array.isArray(principal.id) ? principal.id : [];
  const odd = (value: SpecValue) => typeof value !== "string" || !certificateFact.test(value);
  return [
    ...ids.flatMap((fact: SpecValue, at) =>
      odd(fact) ? [error("SP215", `A certificate has no ${JSON.stringify(fact)}`, fix, spec.at(ids, at))] : [],
    ),
    ...["tenant", "plan", "roles"]
      .filter((key) => principal[key] !== undefined && (key !== "tenant" || odd(principal[key] as SpecValue)))
      .map((key) => error("SP215", `A certificate has no such ${key}`, fix, spec.at(principal, key, "key"))),
  ];
}

/** Two words that only make sense together: tokens are introspected, or withdrawn by introspection, at an endpoint. */
function introspectionFaults(spec: Spec, annotation: SpecObject | undefined): readonly Diagnostic[] {
  if (annotation === undefined) return [];
  const { jwt, introspection } = annotation;
  const asks = isObject(jwt) && jwt.revocation === "introspect";
  const missing =
    asks && introspection === undefined
      ? [
          error(
            "SP212",
            "Tokens are to be introspected, and no endpoint is named",
            "Add introspection: {endpoint: URL}, or endpoint: env:NAME.",
            spec.at(jwt, "revocation", "key"),
          ),
        ]
      : [];
  return [...missing, ...(isObject(introspection) ? urlFaults(spec, introspection, ["endpoint"]) : [])];
}

/** Rules for proofs where none are asked for, and bounds that cannot hold. */
function dpopFaults(spec: Spec, annotation: SpecObject | undefined): readonly Diagnostic[] {
  if (annotation?.dpop === undefined || annotation.binding === "dpop") return [];
  const fix = "Add binding: dpop beside it, or remove it.";
  return [
    error("SP213", "dpop says how proofs are judged, and none are asked for", fix, spec.at(annotation, "dpop", "key")),
  ];
}

function jwtFaults(spec: Spec, jwt: SpecValue | undefined): readonly Diagnostic[] {
  if (!isObject(jwt)) return [];
  const { algorithms } = jwt;
  const weak = Array.isArray(algorithms) ? algorithms : [];
  return [
    ...urlFaults(spec, jwt, ["issuer", "jwksUri"]),
    ...weak.flatMap((algorithm: SpecValue, index) => {
      if (typeof algorithm !== "string" || !/^(none$|HS)/i.test(algorithm)) return [];
      // RFC 8725, 3.2 and 3.5: none is no signature, and a shared key signs whatever its holder wants.
      const fix = "List asymmetric algorithms: ES256, PS256, EdDSA, or RS256 where the issuer has nothing better.";
      return [error("SP209", `${algorithm} proves nothing about who issued a token`, fix, spec.at(weak, index))];
    }),
  ];
}

function flowFaults(spec: Spec, scheme: SpecObject): readonly Diagnostic[] {
  const { flows } = scheme;
  if (!isObject(flows)) return [];
  return Object.keys(flows).flatMap((name) => {
    const flow = flows[name];
    const fix = "Describe authorizationCode or clientCredentials instead (RFC 9700, 2.1.2 and 2.4).";
    const old =
      name === "implicit" || name === "password"
        ? [warning("SP210", `The ${name} flow is no longer safe to use`, fix, spec.at(flows, name, "key"))]
        : [];
    return [
      ...old,
      ...(isObject(flow)
        ? urlFaults(spec, flow, ["tokenUrl", "authorizationUrl", "refreshUrl", "deviceAuthorizationUrl"])
        : []),
    ];
  });
}

function urlFaults(spec: Spec, node: SpecObject, keys: readonly string[]): readonly Diagnostic[] {
  return keys.flatMap((key) => {
    const text = node[key];
    if (typeof text !== "string" || !/^http:/i.test(text) || !URL.canParse(text)) return [];
    const { hostname } = new URL(text);
    if (hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname)) return [];
    const fix = "Use https: what comes over plain http is whatever the network says it is.";
    return [error("SP208", `${key} is not https`, fix, spec.at(node, key))];
  });
}
