import { parseMediaType } from "../http/media.js";
import type { Versioning } from "../policy/index.js";
import type { Refusal } from "../problem/refusal.js";
import { versionNotAccepted, versionOfBody, versionTwice } from "../problem/refusals.js";
import { type Matched, prove, type Received } from "./states.js";

/** What of a call says its version. */
export interface Asking extends Received, Pick<Matched, "query" | "base"> {}

/** The version that a request names; `undefined` where it names none. */
export type VersionReader = (call: Asking) => string | undefined | Refusal;

/** How the version is read. @param served the versions that there are, for what is refused here. */
export function versionReader(
  { strategy, name = "" }: Versioning,
  isKnown: (version: string) => boolean,
  served: (call: Asking) => readonly string[],
): VersionReader {
  switch (strategy) {
    case "path":
      return ({ base }) => base;
    case "header":
      return fromHeader(name);
    case "query":
      return fromQuery(name);
    case "mediaType":
      return fromMediaTypes(isKnown, served);
    default:
      return strategy satisfies never;
  }
}

function fromHeader(name: string): VersionReader {
  const field = name.toLowerCase();
  return ({ exchange }) => {
    const lines = exchange.headers.all(field);
    return lines.length > 1 ? versionTwice(name) : lines[0]?.trim();
  };
}

/** What names the version is no parameter of the operation: it is taken out before anybody decodes the query. */
function fromQuery(name: string): VersionReader {
  const start = `${name}=`;
  return (call) => {
    if (!call.query.includes(name)) return undefined;
    const pairs = call.query.split("&");
    const own = pairs.filter((pair) => pair === name || pair.startsWith(start));
    if (own.length > 1) return versionTwice(name);
    if (own.length === 0) return undefined;
    prove(call, "query", pairs.filter((pair) => pair !== own[0]).join("&"));
    return own[0]?.slice(start.length) ?? "";
  };
}

/**
 * Of the versions that Accept names, the one that is wanted most, and of several such the first (RFC 9110, 12.5.1); else that of the body.
 * A body of another version than the answer's is none that the operation reads.
 */
function fromMediaTypes(
  isKnown: (version: string) => boolean,
  served: (call: Asking) => readonly string[],
): VersionReader {
  return (call) => {
    const { headers } = call.exchange;
    const wanted = wishesOf(headers.all("accept"));
    const answer = wanted.find(isKnown);
    if (wanted.length > 0 && answer === undefined) return versionNotAccepted(served(call));
    const sent = parseMediaType(headers.all("content-type")[0] ?? "")?.parameters.get("version");
    if (sent === undefined) return answer;
    return isKnown(sent) && (answer ?? sent) === sent ? sent : versionOfBody(served(call));
  };
}

/** The versions of the ranges, by how much they are wanted. */
function wishesOf(lines: readonly string[]): readonly string[] {
  if (!lines.some((line) => /version/i.test(line))) return [];
  return lines
    .flatMap((line) => line.split(","))
    .flatMap((range) => {
      const parameters = parseMediaType(range.trim())?.parameters;
      const version = parameters?.get("version");
      const quality = Number(parameters?.get("q") ?? 1);
      return version === undefined || !(quality > 0) ? [] : [{ version, quality }];
    })
    .sort((a, b) => b.quality - a.quality)
    .map(({ version }) => version);
}
