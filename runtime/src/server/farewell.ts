import type { Lifecycle, OperationPolicy, Version, Versioning } from "../policy/index.js";
import type { Ground } from "./blueprint.js";
import { type Editions, shapeOf } from "./editions.js";
import type { Matched } from "./states.js";

const pathCharacters = /^[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*$/;

/** Header fields of a call, flat. */
type Headers = (call: Matched) => readonly string[];

/**
 * What the callers of a deprecated operation, or of a deprecated version, are told on every response: Deprecation (RFC 9745), Sunset
 * (RFC 8594) and links. `undefined` where there is nothing to tell.
 */
export function compileFarewell(policy: OperationPolicy, ground: Farewells): Headers | undefined {
  const { lifecycle } = policy;
  const { versioning } = ground.api;
  const ending = versioning?.supported.filter(isEnding) ?? [];
  if (ending.length === 0) return lifecycle === undefined ? undefined : ofOperation(lifecycle, [lifecycle], ground);
  const byVersion = new Map(
    ending.map((one) => [one.name, ofOperation(lifecycle, lifecycle === undefined ? [one] : [lifecycle, one], ground)]),
  );
  const lasting = lifecycle === undefined ? undefined : ofOperation(lifecycle, [lifecycle], ground);
  const onward = compileOnward(policy, versioning, ground.editions);
  return (call) => {
    const leaving = call.version === undefined ? undefined : byVersion.get(call.version);
    if (leaving === undefined) return lasting?.(call) ?? [];
    return [...leaving(call), ...onward(call)];
  };
}

type Farewells = Pick<Ground, "api" | "basePath" | "editions">;

/** What ends: an operation, or a version of all of them. */
interface End {
  readonly deprecatedAt: string;
  readonly sunset?: string;
  readonly docs?: string;
}

function isEnding(version: Version): version is Version & End {
  return version.deprecatedAt !== undefined;
}

function ofOperation(life: Lifecycle | undefined, ends: readonly End[], ground: Farewells): Headers {
  const fixed = fixedOf(ends);
  const successor = life?.successor;
  if (successor === undefined) return () => fixed;
  const path = successor.slice(successor.indexOf("/"));
  const shape = shapeOf({ method: successor.slice(0, successor.indexOf(" ")), path });
  return (call) => [...fixed, ...successorOf(baseOf(call, shape, ground) + path, call)];
}

/** RFC 9745, 2, and RFC 8594, 3: one date each, in two forms; what ends first counts. */
function fixedOf(ends: readonly End[]): readonly string[] {
  const first = (dates: readonly string[]) => new Date(Math.min(...dates.map((date) => Date.parse(date))));
  const headers = ["Deprecation", `@${Math.floor(first(ends.map((one) => one.deprecatedAt)).getTime() / 1000)}`];
  const sunsets = ends.flatMap(({ sunset }) => sunset ?? []);
  if (sunsets.length > 0) headers.push("Sunset", first(sunsets).toUTCString());
  for (const { docs, sunset } of ends) {
    if (docs === undefined) continue;
    headers.push("Link", `<${encodeTarget(docs)}>; rel="deprecation"`);
    if (sunset !== undefined) headers.push("Link", `<${encodeTarget(docs)}>; rel="sunset"`);
  }
  return headers;
}

/** The successor stands in the version of the call, where that one has it. */
function baseOf({ version }: Matched, shape: string, { basePath, editions }: Farewells): string {
  const edition = editions?.own.find(({ name }) => name === version);
  return edition?.shapes.has(shape) === true ? edition.basePath : basePath;
}

function successorOf(template: string, { captured }: Matched): readonly string[] {
  const target = fill(template, captured);
  // RFC 9652: a template that cannot be filled in is still a link, of the kind that has places.
  return target === undefined ? linkTemplate(template) : ["Link", successorLink(target)];
}

/** The same resource in the newest version that has it (RFC 5829, 3.3), where a URL can name it. */
function compileOnward(policy: OperationPolicy, versioning: Versioning | undefined, editions?: Editions): Headers {
  const shape = shapeOf(policy);
  const { strategy, name } = versioning ?? {};
  if (strategy !== "path" && strategy !== "query") return () => [];
  return ({ version, captured }) => {
    const all = editions?.all ?? [];
    const later = all.slice(all.findIndex((one) => one.name === version) + 1);
    const next = later.filter(({ shapes }) => shapes.has(shape)).at(-1);
    const target = next === undefined ? undefined : fill(next.basePath + policy.path, captured);
    if (next === undefined || target === undefined) return [];
    return ["Link", successorLink(strategy === "path" ? target : `${target}?${name}=${next.name}`)];
  };
}

function successorLink(target: string): string {
  return `<${target}>; rel="successor-version"`;
}

function linkTemplate(template: string): readonly string[] {
  return ["Link-Template", `"${template.replace(/[^\x20-\x7e]|["\\]/g, encodeURIComponent)}"; rel="successor-version"`];
}

/** The successor of this very resource, where the operation's own places are all that it needs. */
function fill(template: string, captured: Readonly<Record<string, string>>): string | undefined {
  if (!template.includes("{")) return encodeTarget(template);
  const names = [...template.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? "");
  if (!names.every((name) => Object.hasOwn(captured, name))) return undefined;
  const target = template.replace(/\{([^{}]*)\}/g, (_, name: string) => captured[name] ?? "");
  return pathCharacters.test(target) ? target : undefined;
}

/** No character of the spec may end the target of a link, or the line. */
function encodeTarget(target: string): string {
  return target.replace(/[^\x21-\x7e]|[<>"\\^`{|}]/g, encodeURIComponent);
}
