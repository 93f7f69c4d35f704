import { withHeaders, withUrl } from "#ending";
import type { ApiPolicy, Versioning } from "../policy/index.js";
import { at } from "./chain.js";
import type { CallerOptions, ClientOptions, DeprecationNotice, Outgoing } from "./contract.js";
import { noticing, toldBefore, warn } from "./interceptors/notice.js";

/**
 * Options of a client whose calls say which version it was generated for, and which is told once, and not of every operation, that this
 * version ends. Generated code asks for it where the spec has versions.
 */
export function atVersion<Auth extends object>(api: ApiPolicy, options: ClientOptions<Auth>): CallerOptions<Auth> {
  const { title, versioning } = api;
  if (versioning === undefined) return noticing(api, options);
  /** Operations that end by themselves, whatever becomes of the version. */
  const ending = new Set<string>();
  const versioned = at("call", (next) => (call) => {
    const { id, policy } = call.operation;
    if (policy.lifecycle !== undefined) ending.add(id);
    return next({ ...call, outgoing: saying(versioning, call.outgoing) });
  });
  return noticing(api, {
    ...options,
    interceptors: [versioned, ...(options.interceptors ?? [])],
    onDeprecation: onceOf({ title, version: versioning.current }, ending, options.onDeprecation),
  });
}

/** Of operations that end on the same days, the version ends with them. */
function onceOf(
  { title, version }: { readonly title: string; readonly version: string },
  ending: ReadonlySet<string>,
  listener: ClientOptions<object>["onDeprecation"],
) {
  const told = toldBefore(listener);
  const tell = listener ?? warnOfVersion;
  return (notice: DeprecationNotice) => {
    const isOwn = ending.has(notice.operation);
    const key = `${title} ${isOwn ? notice.operation : `${version} ${notice.deprecatedAt} ${notice.sunset}`}`;
    if (told.has(key)) return;
    told.add(key);
    tell(isOwn ? notice : { ...notice, version });
  };
}

function warnOfVersion(notice: DeprecationNotice): void {
  const { version, operation } = notice;
  warn(version === undefined ? notice : { ...notice, operation: `Version ${version}, of ${operation} and others,` });
}

function saying({ strategy, name = "", current }: Versioning, outgoing: Outgoing): Outgoing {
  const { headers, url } = outgoing;
  switch (strategy) {
    case "path":
      return outgoing;
    case "header":
      return withHeaders(outgoing, { ...headers, [name.toLowerCase()]: current });
    case "query":
      return withUrl(outgoing, asking(url, name, current));
    case "mediaType":
      return withHeaders(outgoing, labelled(headers, current));
    default:
      return strategy satisfies never;
  }
}

/** A link to the next page may name a version already, and a server refuses two. Whatever else is asked stays as it is written. */
function asking(url: string, name: string, version: string): string {
  const [path = "", query = ""] = url.split(/\?(.*)/s);
  const others = query.split("&").filter((pair) => pair !== "" && !new URLSearchParams(pair).has(name));
  return `${path}?${[...others, `${name}=${version}`].join("&")}`;
}

/** RFC 9110, 12.5.1: parameters of a range stand before its weight. Problems, and whatever else there is, have no version. */
function labelled(headers: Outgoing["headers"], version: string): Outgoing["headers"] {
  const type = headers["content-type"];
  const accept = (headers.accept ?? "").split(",").map((range) => {
    const [, media = "", rest = ""] = /^\s*([^;]*)(.*)$/.exec(range) ?? [];
    const isAny = media === "*/*" || media === "application/problem+json" || media === "";
    return isAny ? media + rest : `${media};version=${version}${rest}`;
  });
  const content = type === undefined ? {} : { "content-type": `${type};version=${version}` };
  return { ...headers, accept: accept.join(", "), ...content };
}
