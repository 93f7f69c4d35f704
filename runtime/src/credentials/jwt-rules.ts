import { type Setting, type TokenScheme, toMilliseconds } from "../policy/index.js";
import { type StartComplaint, StartError } from "../problem/start-error.js";
import { algorithms, isAlgorithm, isListed } from "./algorithms.js";
import { metadataUrls } from "./discovery.js";
import type { JwtOptions } from "./jwt-options.js";
import { resolveSetting } from "./scheme-settings.js";
import { urlFault } from "./urls.js";
import type { SchemeContext } from "./verifier.js";

/** What a token must hold: the scheme's rules and the code's, as one, with every setting resolved. Times in milliseconds. */
export interface TokenRules {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly algorithms: readonly string[];
  readonly typ: "at+jwt" | "ifPresent" | "off";
  readonly clockSkew: number;
  readonly maxAge: number | undefined;
  readonly jwksUri: string | undefined;
  /** Where to look for metadata when there is no `jwksUri`. */
  readonly metadata: readonly string[];
  readonly keysWithoutAlgorithm: string | undefined;
}

type Complain = (code: StartComplaint["code"], what: string) => undefined;

const largestSkew = 300_000;

/**
 * The rules of one token scheme.
 * @throws StartError with everything that is missing or contradictory: a token is never accepted by half of the rules.
 */
export function tokenRules(context: SchemeContext, scheme: TokenScheme, options: JwtOptions): TokenRules {
  const complaints: StartComplaint[] = [];
  const complain: Complain = (code, what) => {
    complaints.push({ code, message: `schemes.${context.name}: ${what}` });
    return undefined;
  };
  const resolve = (setting: Setting | undefined): string | undefined => resolveSetting(setting, context, complain);
  const { jwt } = scheme;
  const stated = { issuer: resolve(jwt.issuer), jwksUri: resolve(jwt.jwksUri), discovery: resolve(scheme.discovery) };

  const issuer = oneOf("issuer", stated.issuer, options.issuer, complain);
  const jwksUri = oneOf("jwksUri", stated.jwksUri, options.jwksUri, complain);
  const audience = listOf(
    "audience",
    jwt.audience.flatMap((one) => resolve(one) ?? []),
    options.audience,
    complain,
  );
  const allowed = listOf("algorithms", jwt.algorithms, options.algorithms, complain);
  if (issuer === undefined && jwt.issuer === undefined)
    complain("invalid_policy", "no issuer. Set jwt.issuer in the spec, or jwt({ issuer }).");
  if (audience.length === 0)
    complain("invalid_policy", "no audience. Set jwt.audience in the spec, or jwt({ audience }).");
  if (allowed.length === 0)
    complain("invalid_policy", "no algorithms. Set jwt.algorithms in the spec, or jwt({ algorithms }).");
  checkAlgorithms(allowed, options.keysWithoutAlgorithm, complain);
  const discovery = options.discovery ?? ownDiscovery(scheme, stated.discovery);
  checkUrls({ issuer, jwksUri, discovery }, complain);
  const times = readTimes(jwt, complain);

  if (complaints.length > 0 || issuer === undefined) throw new StartError(complaints);
  return {
    issuer,
    audience,
    algorithms: allowed,
    typ: jwt.typ,
    ...times,
    jwksUri,
    metadata: discovery === undefined ? metadataUrls(issuer) : [discovery],
    keysWithoutAlgorithm: options.keysWithoutAlgorithm,
  };
}

function oneOf(
  name: string,
  spec: string | undefined,
  code: string | undefined,
  complain: Complain,
): string | undefined {
  if (spec !== undefined && code !== undefined && spec !== code) {
    complain("invalid_option", `jwt({ ${name} }) is not what the spec says. Leave one of the two out.`);
  }
  return spec ?? code;
}

function listOf(
  name: string,
  spec: readonly string[],
  code: string | readonly string[] | undefined,
  complain: Complain,
): readonly string[] {
  const given = typeof code === "string" ? [code] : (code ?? []);
  if ([...spec, ...given].some((one) => one === "")) complain("invalid_option", `${name} holds an empty value.`);
  const same = spec.length === given.length && spec.every((one) => given.includes(one));
  if (spec.length > 0 && given.length > 0 && !same) {
    complain("invalid_option", `jwt({ ${name} }) is not what the spec says. Leave one of the two out.`);
  }
  return spec.length > 0 ? spec : given;
}

/**
 * The `discovery` of the spec belongs to the issuer that the spec names. Where the issuer comes with the deployment, its own
 * well-known places are asked, and the URL in the spec is documentation.
 */
function ownDiscovery({ jwt, discovery }: TokenScheme, resolved: string | undefined): string | undefined {
  return typeof jwt.issuer === "string" || typeof discovery === "object" ? resolved : undefined;
}

function checkAlgorithms(allowed: readonly string[], unlabelled: string | undefined, complain: Complain): void {
  for (const name of allowed) {
    if (!isAlgorithm(name))
      complain("invalid_policy", `the algorithm "${name}" is not one of ${algorithms.join(", ")}.`);
  }
  if (unlabelled !== undefined && !isListed(unlabelled, allowed)) {
    complain("invalid_option", `jwt({ keysWithoutAlgorithm: "${unlabelled}" }) is not one of the algorithms.`);
  }
}

function checkUrls(urls: Readonly<Record<string, string | undefined>>, complain: Complain): void {
  for (const [name, url] of Object.entries(urls)) {
    const fault = url === undefined ? undefined : urlFault(url);
    if (fault !== undefined) complain("insecure_transport", `${name} ${fault}.`);
  }
}

function readTimes(jwt: TokenScheme["jwt"], complain: Complain): Pick<TokenRules, "clockSkew" | "maxAge"> {
  try {
    const clockSkew = toMilliseconds(jwt.clockSkew);
    if (clockSkew > largestSkew) complain("invalid_policy", "jwt.clockSkew is more than five minutes.");
    return { clockSkew, maxAge: jwt.maxAge === undefined ? undefined : toMilliseconds(jwt.maxAge) };
  } catch (cause) {
    complain("invalid_policy", cause instanceof Error ? cause.message : "a duration cannot be read.");
    return { clockSkew: 0, maxAge: 0 };
  }
}
