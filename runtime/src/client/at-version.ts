import type { ApiPolicy, Versioning } from "../policy/index.js";
import { at } from "./chain.js";
import type { ClientOptions, Outgoing } from "./contract.js";

/**
 * Options of a client whose calls say which version it was generated for. Generated code asks for it where the spec has versions that
 * do not stand in the path.
 */
export function atVersion<Auth extends object>(api: ApiPolicy, options: ClientOptions<Auth>): ClientOptions<Auth> {
  const { versioning } = api;
  if (versioning === undefined) return options;
  const versioned = at("call", (next) => (call) => next({ ...call, outgoing: saying(versioning, call.outgoing) }));
  return { ...options, interceptors: [versioned, ...(options.interceptors ?? [])] };
}

function saying({ strategy, name = "", current }: Versioning, outgoing: Outgoing): Outgoing {
  const { headers, url } = outgoing;
  switch (strategy) {
    case "path":
      return outgoing;
    case "header":
      return { ...outgoing, headers: { ...headers, [name.toLowerCase()]: current } };
    case "query":
      return { ...outgoing, url: `${url}${url.includes("?") ? "&" : "?"}${name}=${current}` };
    case "mediaType":
      return { ...outgoing, headers: labelled(headers, current) };
    default:
      return strategy satisfies never;
  }
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
