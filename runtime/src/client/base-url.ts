import { urlFault } from "../credentials/urls.js";
import type { ApiPolicy } from "../policy/index.js";
import type { Home, Whereabouts } from "./contract.js";
import { Failure } from "./failure.js";

/**
 * Where the operations of an API are called that have no server of their own.
 * @param api with the variables of its servers filled in.
 * @throws Failure `configuration` when there is no place, or one that credentials must not be sent to.
 */
export function homeOf(api: ApiPolicy, told: Whereabouts): Home {
  if (told.variables !== undefined && api.variables === undefined)
    throw new Failure("configuration", "variables: no server of the spec has any");
  const text = told.baseUrl ?? usualUrl(api);
  if (text === undefined) throw new Failure("configuration", "The spec names no server: pass baseUrl");
  return homeAt("baseUrl", text, api.servers);
}

/** The first of the spec's servers whose URL is absolute. */
export function usualUrl({ servers }: ApiPolicy): string | undefined {
  return servers.find(({ url }) => URL.canParse(url))?.url;
}

/** @throws Failure `configuration` */
export function homeAt(what: string, text: string, servers: Home["servers"]): Home {
  // An empty query or fragment is one all the same: the path would become part of it.
  const isOpen = /[?#{}]|%7B/i.test(text);
  const fault = urlFault(text) ?? (isOpen ? "has a query, a fragment or a variable: write it out" : undefined);
  if (fault !== undefined) throw new Failure("configuration", `${what} ${JSON.stringify(text)} ${fault}`);
  const { href, origin } = new URL(text);
  return { baseUrl: href.replace(/\/+$/, ""), origin, servers };
}
