import { urlFault } from "../credentials/urls.js";
import type { ApiPolicy, OperationPolicy, ServerPolicy } from "../policy/index.js";
import { Failure } from "./failure.js";
import { filled, type Values } from "./server-url.js";

/** What a client was told of where its API is. */
export interface Whereabouts {
  readonly baseUrl?: string | undefined;
  readonly variables?: Values | undefined;
  readonly servers?: Readonly<Record<string, string>> | undefined;
}

/** Where calls go: what paths are appended to, and the pins that hold there. */
export interface Home {
  readonly baseUrl: string;
  readonly origin: string;
  readonly pins: readonly string[] | undefined;
}

/**
 * Where the operations of an API are called that have no server of their own.
 * @throws Failure `configuration` when there is no place, or one that credentials must not be sent to.
 */
export function homeOf(api: ApiPolicy, told: Whereabouts): Home {
  const odd = Object.keys(told.variables ?? {}).find((name) => !(api.variables ?? []).includes(name));
  if (odd !== undefined) throw new Failure("configuration", `variables.${odd}: no server of the spec has it`);
  const text = told.baseUrl ?? defaultUrl(api, told.variables);
  if (text === undefined) throw new Failure("configuration", "The spec names no server: pass baseUrl");
  const baseUrl = checked("baseUrl", text);
  return { baseUrl, origin: new URL(baseUrl).origin, pins: pinsAt(api.servers, baseUrl, told.variables) };
}

/**
 * Where an operation is called: at its own server, where the spec gives it one. A client that was sent elsewhere than to the spec's
 * first server does not guess where that is there: the calls of a test would reach the real one.
 * @throws Failure `configuration`
 */
export function ownHomeOf(api: ApiPolicy, { servers }: OperationPolicy, home: Home, told: Whereabouts): Home {
  const [own] = servers ?? [];
  if (servers === undefined || own === undefined) return home;
  const replaced =
    told.servers !== undefined && Object.hasOwn(told.servers, own.url) ? told.servers[own.url] : undefined;
  const baseUrl = checked(own.url, replaced ?? placeOf(api, own, home, told));
  const { origin } = new URL(baseUrl);
  return { baseUrl, origin, pins: pinsAt([...servers, ...api.servers], baseUrl, told.variables) };
}

function placeOf(api: ApiPolicy, own: ServerPolicy, home: Home, told: Whereabouts): string {
  const text = filled(own, told.variables);
  // OpenAPI 4.8.5: a relative URL is relative to where the description is served, which is where the API is.
  if (!URL.canParse(text)) return new URL(text, `${home.baseUrl}/`).href;
  const { origin, pathname } = new URL(text);
  const usual = defaultUrl(api, told.variables);
  const usualOrigin = usual === undefined ? undefined : new URL(usual).origin;
  if (origin === home.origin || told.baseUrl === undefined || home.origin === usualOrigin) return text;
  if (origin === usualOrigin) return `${home.origin}${pathname}`;
  throw new Failure(
    "configuration",
    `The operation has a server of its own, and baseUrl is not the spec's: pass servers: { ${JSON.stringify(own.url)}: … }`,
  );
}

function defaultUrl(api: ApiPolicy, variables: Values | undefined): string | undefined {
  return api.servers.map((server) => filled(server, variables)).find((url) => URL.canParse(url));
}

function checked(what: string, text: string): string {
  const fault = urlFault(text);
  if (fault !== undefined) throw new Failure("configuration", `${what} ${JSON.stringify(text)} ${fault}`);
  // An empty query or fragment is one all the same: the path would become part of it.
  if (/[?#{}]|%7B/i.test(text))
    throw new Failure("configuration", `${what} has a query, a fragment or a variable: write it out`);
  return new URL(text).href.replace(/\/+$/, "");
}

/** The pins that hold at a URL: those of the spec's server entries of the same origin, whatever their paths. */
function pinsAt(
  all: readonly ServerPolicy[],
  baseUrl: string,
  variables: Values | undefined,
): readonly string[] | undefined {
  const { origin } = new URL(baseUrl);
  const servers = all.filter((server) => {
    const url = filled(server, variables);
    return URL.canParse(url) && new URL(url).origin === origin;
  });
  const pins = servers.flatMap((server) => server.pins ?? []);
  return servers.some((server) => server.pins !== undefined) ? pins : undefined;
}
