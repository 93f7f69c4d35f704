import { urlFault } from "../credentials/urls.js";
import type { ApiPolicy } from "../policy/index.js";
import { Failure } from "./failure.js";

/**
 * The URL that paths are appended to, without a slash at its end.
 * @throws Failure `configuration` when there is none, or one that credentials must not be sent to.
 */
export function baseUrlOf(api: ApiPolicy, given: string | undefined): string {
  const text = given ?? api.servers.map((server) => server.url).find((url) => URL.canParse(url));
  if (text === undefined) throw new Failure("configuration", "The spec names no server: pass baseUrl");
  const fault = urlFault(text);
  if (fault !== undefined) throw new Failure("configuration", `baseUrl ${JSON.stringify(text)} ${fault}`);
  const url = new URL(text);
  // An empty query or fragment is one all the same: the path would become part of it.
  if (/[?#{}]|%7B/i.test(text))
    throw new Failure("configuration", "baseUrl has a query, a fragment or a variable: write it out");
  return url.href.replace(/\/+$/, "");
}

/** The pins that hold for a base URL: those of the spec's server entries of the same origin, whatever their paths. */
export function pinsOf(api: ApiPolicy, baseUrl: string): readonly string[] | undefined {
  const { origin } = new URL(baseUrl);
  const servers = api.servers.filter((server) => URL.canParse(server.url) && new URL(server.url).origin === origin);
  const pins = servers.flatMap((server) => server.pins ?? []);
  return servers.some((server) => server.pins !== undefined) ? pins : undefined;
}
