import type { ApiPolicy, OperationPolicy, ServerPolicy } from "../policy/index.js";
import { homeAt, usualUrl } from "./base-url.js";
import type { Home, Whereabouts } from "./contract.js";
import { Failure } from "./failure.js";
import { filledServer } from "./server-url.js";

/**
 * Where an operation is called that has a server of its own. A client that was sent elsewhere than to the spec's first server does not
 * guess where that is there: the calls of a test would reach the real one.
 * @param api with the variables of its servers filled in.
 * @throws Failure `configuration`
 */
export function ownServer(api: ApiPolicy, { servers = [] }: OperationPolicy, home: Home, told: Whereabouts): Home {
  const all = servers.map((one) => filledServer(one, told.variables));
  const [{ url } = { url: "" }] = servers;
  const replaced = told.servers !== undefined && Object.hasOwn(told.servers, url) ? told.servers[url] : undefined;
  return homeAt(url, replaced ?? placeOf(api, all[0] ?? { url }, url, home, told), [...all, ...api.servers]);
}

function placeOf(api: ApiPolicy, own: ServerPolicy, name: string, home: Home, told: Whereabouts): string {
  // OpenAPI 4.8.5: a relative URL is relative to where the description is served, which is where the API is.
  if (!URL.canParse(own.url)) return new URL(own.url, `${home.baseUrl}/`).href;
  const { origin, pathname } = new URL(own.url);
  const usual = usualUrl(api);
  const usualOrigin = usual === undefined ? undefined : new URL(usual).origin;
  if (origin === home.origin || told.baseUrl === undefined || home.origin === usualOrigin) return own.url;
  if (origin === usualOrigin) return `${home.origin}${pathname}`;
  throw new Failure(
    "configuration",
    `The operation has a server of its own, and baseUrl is not the spec's: pass servers: { ${JSON.stringify(name)}: … }`,
  );
}
