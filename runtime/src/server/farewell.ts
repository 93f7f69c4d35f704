import type { Lifecycle } from "../policy/index.js";
import type { Matched } from "./states.js";

const pathCharacters = /^[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*$/;

/**
 * What a deprecated operation tells its callers on every response: Deprecation (RFC 9745), Sunset (RFC 8594) and links.
 * @returns headers of a call, flat.
 */
export function compileFarewell(life: Lifecycle | undefined, basePath: string): (call: Matched) => readonly string[] {
  if (life === undefined) return () => [];
  // RFC 9745, 2: a date of structured fields. RFC 8594, 3: an IMF-fixdate. Two headers, two forms.
  const headers = ["Deprecation", `@${Math.floor(Date.parse(life.deprecatedAt) / 1000)}`];
  if (life.sunset !== undefined) headers.push("Sunset", new Date(life.sunset).toUTCString());
  if (life.docs !== undefined) headers.push("Link", `<${encodeTarget(life.docs)}>; rel="deprecation"`);
  const successor = life.successor === undefined ? undefined : pathOf(life.successor);
  if (successor === undefined) return () => headers;
  const template = basePath + successor;
  if (!template.includes("{")) return () => [...headers, "Link", successorLink(encodeTarget(template))];
  return (call) => {
    const target = fill(template, call.captured);
    // RFC 9652: a template that cannot be filled in is still a link, of the kind that has places.
    const link = target === undefined ? linkTemplate(template) : ["Link", successorLink(target)];
    return [...headers, ...link];
  };
}

/** The path of `METHOD /path`. */
function pathOf(operation: string): string {
  return operation.slice(operation.indexOf("/"));
}

function successorLink(target: string): string {
  return `<${target}>; rel="successor-version"`;
}

function linkTemplate(template: string): readonly string[] {
  return ["Link-Template", `"${template.replace(/[^\x20-\x7e]|["\\]/g, encodeURIComponent)}"; rel="successor-version"`];
}

/** The successor of this very resource, where the operation's own places are all that it needs. */
function fill(template: string, captured: Readonly<Record<string, string>>): string | undefined {
  const names = [...template.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? "");
  if (!names.every((name) => Object.hasOwn(captured, name))) return undefined;
  const target = template.replace(/\{([^{}]*)\}/g, (_, name: string) => captured[name] ?? "");
  return pathCharacters.test(target) ? target : undefined;
}

/** No character of the spec may end the target of a link, or the line. */
function encodeTarget(target: string): string {
  return target.replace(/[^\x21-\x7e]|[<>"\\^`{|}]/g, encodeURIComponent);
}
