import type { CookieRules, JwtRules, KeyRules, Mask, PrincipalMapping, Scheme, SettingUse } from "../model/security.js";
import { maskOfNote } from "../model/sensitivity.js";
import type { SpecObject } from "../model/spec.js";
import { complain, type Lowering } from "./lowering.js";
import { entriesOf, listOf, objectOf, objectsOf, sorted, textOf, textsOf } from "./node.js";
import { maskOf, sensitivityOf } from "./note.js";
import { settingOf, useOf } from "./settings.js";

/** The schemes that some operation uses, sorted by name. One that nobody uses needs no verifier and no credential. */
export function lowerSchemes(run: Lowering, used: ReadonlySet<string>): readonly Scheme[] {
  const declared = objectOf(objectOf(run.spec.root.components)?.securitySchemes);
  return sorted(used).flatMap((name) => {
    const node = objectOf(run.spec.resolve(declared?.[name]).node);
    if (declared === undefined || node === undefined) {
      complain(run, undefined, undefined, { code: "SP292", message: `There is no security scheme ${name}.` });
      return [];
    }
    const life = objectOf(objectOf(node["x-sallyport"])?.acceptDeprecated);
    const head = {
      name,
      at: run.spec.at(declared, name, "key"),
      acceptedUntil: textOf(life?.until),
      mask: maskOfCallers(run, node),
    };
    const scheme = lowerScheme(run, node);
    return scheme === undefined ? [] : [{ ...head, ...scheme }];
  });
}

type Kind = Scheme extends infer S
  ? S extends Scheme
    ? Omit<S, "name" | "at" | "acceptedUntil" | "mask">
    : never
  : never;

function lowerScheme(run: Lowering, node: SpecObject): Kind | undefined {
  const type = textOf(node.type);
  const annotation = objectOf(node["x-sallyport"]);
  switch (type) {
    case "oauth2":
      return { ...tokenOf(annotation), type, discovery: settingOf(node.oauth2MetadataUrl), ...flowsOf(node) };
    case "openIdConnect":
      return {
        ...tokenOf(annotation),
        type,
        discovery: settingOf(node.openIdConnectUrl),
        tokenUrl: undefined,
        scopes: undefined,
      };
    case "http":
      return lowerHttp(run, node, annotation);
    case "apiKey":
      return lowerApiKey(run, node, annotation);
    case "mutualTLS":
      return { kind: "certificate", principal: certificateOf(objectOf(annotation?.principal)) };
    default:
      return notYet(run, node, "type", type ?? "without a type");
  }
}

function maskOfCallers(run: Lowering, node: SpecObject): Mask {
  const mask = maskOf(run, node);
  return maskOfNote({ sensitivity: sensitivityOf(run, node), ...(mask === undefined ? {} : { mask }) });
}

/** RFC 9110, 11.1: the name of an authentication scheme has no case. */
function lowerHttp(run: Lowering, node: SpecObject, annotation: SpecObject | undefined): Kind | undefined {
  const scheme = textOf(node.scheme)?.toLowerCase();
  if (scheme === "basic") return { kind: "basic" };
  if (scheme === "bearer") {
    return { ...tokenOf(annotation), type: "bearer", discovery: undefined, tokenUrl: undefined, scopes: undefined };
  }
  if (scheme === undefined || !isToken(scheme)) return notYet(run, node, "scheme", `http ${scheme ?? ""}`);
  return { kind: "http", scheme };
}

/** RFC 9110, 5.6.2: it stands in a header field. */
function isToken(text: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(text);
}

function lowerApiKey(run: Lowering, node: SpecObject, annotation: SpecObject | undefined): Kind | undefined {
  const place = textOf(node.in);
  if (place !== "header" && place !== "cookie") return notYet(run, node, "in", `an API key in ${place ?? "no place"}`);
  return {
    kind: "apiKey",
    in: place,
    header: textOf(node.name) ?? "",
    keys: keysOf(objectOf(annotation?.apiKey)),
    cookie: place === "cookie" ? cookieOf(objectOf(annotation?.cookie), textOf(node.name) ?? "") : undefined,
  };
}

/** Browsers send cookies whoever asks them to: without a word of the author's a request must come from our own pages (R50). */
function cookieOf(said: SpecObject | undefined, name: string): CookieRules {
  const { sameSite, csrf } = said ?? {};
  return {
    hostPrefix: name.startsWith("__Host-"),
    sameSite: sameSite === "strict" || sameSite === "none" ? sameSite : "lax",
    csrf: csrf === "header" || csrf === "doubleSubmit" ? csrf : "origin",
  };
}

type Certificate = Extract<Kind, { readonly kind: "certificate" }>;

function certificateOf(said: SpecObject | undefined): Certificate["principal"] {
  const id = typeof said?.id === "string" ? [said.id] : textsOf(said?.id);
  return id.length === 0 ? undefined : { id, tenant: textOf(said?.tenant) };
}

function keysOf(said: SpecObject | undefined): KeyRules {
  const rotation = objectOf(said?.rotation);
  const maxAge = textOf(rotation?.maxAge);
  return {
    prefix: textOf(said?.prefix),
    entropyBits: typeof said?.entropyBits === "number" ? said.entropyBits : 160,
    hash: said?.hash === "hmac-sha256" ? "hmac-sha256" : "sha256",
    pepper: (listOf(said?.pepper) ?? [said?.pepper]).flatMap((one) => settingOf(one) ?? []),
    expires: said?.expires === "required" ? "required" : "optional",
    rotation: maxAge === undefined ? undefined : { maxAge, overlap: textOf(rotation?.overlap) ?? "0s" },
  };
}

function notYet(run: Lowering, node: SpecObject, key: string, what: string): undefined {
  complain(run, node, key, {
    code: "SP992",
    message: `The security scheme (${what}) is not enforced yet.`,
    fix: "Use oauth2, openIdConnect, http bearer, http basic, mutualTLS, or an API key in a header or cookie.",
  });
  return undefined;
}

function tokenOf(annotation: SpecObject | undefined) {
  return {
    kind: "token",
    jwt: jwtOf(objectOf(annotation?.jwt)),
    introspection: introspectionOf(objectOf(annotation?.introspection)),
    ...bindingOf(annotation),
    principal: principalOf(objectOf(annotation?.principal)),
  } as const;
}

type Token = Extract<Kind, { readonly kind: "token" }>;

function introspectionOf(said: SpecObject | undefined): Token["introspection"] {
  const endpoint = settingOf(said?.endpoint);
  return endpoint === undefined ? undefined : { endpoint, cacheTtl: textOf(said?.cacheTtl) ?? "30s" };
}

/** RFC 9449 has no default for how old a proof may be; a minute is for clocks that differ and networks that are slow. */
function bindingOf(annotation: SpecObject | undefined): Pick<Token, "binding" | "dpop"> {
  const { binding } = annotation ?? {};
  if (binding !== "dpop") return { binding: binding === "mtls" ? "mtls" : undefined, dpop: undefined };
  const dpop = objectOf(annotation?.dpop);
  const nonce = dpop?.nonce === "required" ? "required" : "off";
  return { binding, dpop: { maxAge: textOf(dpop?.maxAge) ?? "60s", nonce } };
}

/** RFC 8725, 3.1: the algorithms are ours to choose. RS256 is there for who lists it. */
const defaultAlgorithms = ["ES256", "PS256", "EdDSA"];

function jwtOf(jwt: SpecObject | undefined): JwtRules {
  const algorithms = textsOf(jwt?.algorithms);
  const audience = listOf(jwt?.audience) ?? (jwt?.audience === undefined ? [] : [jwt.audience]);
  const typ = textOf(jwt?.typ);
  return {
    issuer: settingOf(jwt?.issuer),
    jwksUri: settingOf(jwt?.jwksUri),
    audience: audience.flatMap((one) => settingOf(one) ?? []),
    algorithms: algorithms.length === 0 ? defaultAlgorithms : algorithms,
    typ: typ === "ifPresent" || typ === "off" ? typ : "at+jwt",
    clockSkew: textOf(jwt?.clockSkew) ?? "30s",
    maxAge: textOf(jwt?.maxAge),
    revocation: jwt?.revocation === "introspect" || jwt?.revocation === "denylist" ? jwt.revocation : undefined,
  };
}

function principalOf(said: SpecObject | undefined): PrincipalMapping {
  const roles = objectOf(said?.roles);
  const claim = textOf(roles?.claim);
  const map = entriesOf(roles?.map).flatMap(([theirs, ours]) =>
    typeof ours === "string" ? [[theirs, ours] as const] : [],
  );
  const id = typeof said?.id === "string" ? [said.id] : textsOf(said?.id);
  return {
    // RFC 7519, 4.1.2: a subject is unique in the scope of its issuer only.
    id: id.length === 0 ? ["iss", "sub"] : id,
    tenant: textOf(said?.tenant),
    plan: textOf(said?.plan),
    roles: claim === undefined ? undefined : { claim, map: roles?.map === undefined ? undefined : sortedMap(map) },
  };
}

function sortedMap(entries: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  const map: Record<string, string> = Object.create(null);
  for (const [key, value] of [...entries].sort(([a], [b]) => (a < b ? -1 : 1))) map[key] = value;
  return map;
}

/** The flow that a client of ours would take comes first. */
const flowOrder = ["clientCredentials", "authorizationCode", "deviceAuthorization", "password", "implicit"];

function flowsOf(node: SpecObject): { readonly tokenUrl: string | undefined; readonly scopes: readonly string[] } {
  const flows = objectsOf(flowOrder.map((name) => objectOf(node.flows)?.[name]));
  const tokenUrl = flows.map((flow) => textOf(flow.tokenUrl)).find((url) => url !== undefined);
  return { tokenUrl, scopes: sorted(flows.flatMap((flow) => entriesOf(flow.scopes).map(([scope]) => scope))) };
}

/** The environment variables that schemes name. */
export function schemeUses(schemes: readonly Scheme[]): readonly SettingUse[] {
  return schemes.flatMap((scheme) => {
    if (scheme.kind === "apiKey")
      return scheme.keys.pepper.flatMap((one) => useOf(one, `A pepper of the API keys of \`${scheme.name}\`.`, true));
    if (scheme.kind !== "token") return [];
    const { jwt, discovery, introspection, name } = scheme;
    return [
      ...useOf(jwt.issuer, `The issuer of \`${name}\`.`),
      ...useOf(jwt.jwksUri, `The key set of \`${name}\`.`),
      ...useOf(introspection?.endpoint, `The introspection endpoint of \`${name}\`.`),
      ...useOf(discovery, `The discovery document of \`${name}\`.`),
      ...jwt.audience.flatMap((one) => useOf(one, `An audience of \`${name}\`.`)),
    ];
  });
}
