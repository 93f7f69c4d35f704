import type { Exchange, Reply } from "../http/exchange.js";
import { notFound } from "../problem/refusals.js";
import { type StartComplaint, StartError } from "../problem/start-error.js";
import type { Api } from "./contract.js";
import { preflighted } from "./cors.js";
import type { Edition, Served } from "./editions.js";
import { answerPreflight } from "./preflights.js";
import { readTarget } from "./target.js";
import { versionReader } from "./version-readers.js";

/** Options of `versions`. */
export interface VersionsOptions {
  /**
   * The version of requests that name none: the current one of an API whose description says `missing: current`. Where one of them says so, it
   * need not be said.
   */
  readonly missing?: string;
}

/** An API, and what it says of its versions. */
interface Mounted {
  readonly api: Api;
  readonly served: Served;
}

/**
 * Versions of one API beside each other, each from a description of its own: `versions({ v1: apiV1, v2: apiV2 })`, from the oldest to the
 * newest. What comes out is one API for whatever adapter serves it. It picks by the strategy of the descriptions, and nothing else: all guards
 * are those of the version that is picked.
 * @throws StartError naming everything that does not fit together.
 */
export function versions(apis: Readonly<Record<string, Api>>, options: VersionsOptions = {}): Api {
  const complaints: string[] = [];
  const mounted = mountedOf(apis, complaints);
  const unnamed = unnamedOf(mounted, options, complaints);
  const [, newest] = [...mounted].at(-1) ?? [];
  if (complaints.length > 0 || newest === undefined) throw startError(complaints);
  join(mounted);
  const pick = picker(mounted, unnamed ?? newest);
  const all = [...new Set([...mounted.values()].map(({ api }) => api))];
  const { strategy } = newest.served.versioning;
  const isAsked = strategy === "header" || strategy === "mediaType";
  return {
    handle: (exchange) => {
      // A preflight names no version but by its URL: it asks for a call of any.
      if (isAsked && preflighted(exchange) !== undefined) return answerPreflight([...all].reverse(), exchange);
      const found = pick(exchange);
      if (found === undefined) return firstOf(all, exchange);
      // Whoever takes paths without a version has them all: what it does not know, others may have beside their operations.
      const isWide = strategy === "path" && found === unnamed;
      return isWide
        ? firstOf([found.api, ...all.filter((one) => one !== found.api)], exchange)
        : found.api.handle(exchange);
    },
    invoke: async (operation, exchange, input) => {
      const found = (strategy === "header" ? pick(exchange) : unnamed) ?? newest;
      const has = found.api.routes.some((route) => route.operation === operation);
      return has ? found.api.invoke(operation, exchange, input) : notFound();
    },
    clientCertificates: strictest(all),
    routes: all.flatMap(({ routes }) => routes),
  };
}

function mountedOf(apis: Readonly<Record<string, Api>>, complaints: string[]): ReadonlyMap<string, Mounted> {
  const mounted = new Map<string, Mounted>();
  for (const [name, api] of Object.entries(apis)) {
    const served = api.served;
    if (served === undefined) complaints.push(`${name}: its description says nothing of \`versioning\`.`);
    else if (!served.editions.own.some((one) => one.name === name))
      complaints.push(`${name}: its API does not serve it.`);
    else mounted.set(name, { api, served });
  }
  if (Object.keys(apis).length === 0) complaints.push("there is no version.");
  const [first] = mounted.values();
  for (const [name, { api, served }] of mounted) {
    const { strategy, name: said } = served.versioning;
    if (strategy !== first?.served.versioning.strategy || said !== first.served.versioning.name)
      complaints.push(`${name}: its description reads the version elsewhere than those of the others.`);
    for (const own of served.editions.own)
      if (mounted.get(own.name)?.api !== api) complaints.push(`${own.name}: it is served by the API of ${name}, too.`);
  }
  return mounted;
}

/** Whose the requests are that name no version. Two who want them is one too many. */
function unnamedOf(
  mounted: ReadonlyMap<string, Mounted>,
  { missing }: VersionsOptions,
  complaints: string[],
): Mounted | undefined {
  const takers = new Map(
    [...mounted.values()]
      .filter(({ served }) => served.versioning.missing === "current")
      .map((one) => [one.served.versioning.current, one]),
  );
  const names = [...takers.keys()];
  if (missing === undefined && names.length > 1)
    complaints.push(`missing: say which of ${names.join(", ")} a request is for that names none.`);
  if (missing !== undefined && !takers.has(missing))
    complaints.push(`missing: no API takes requests without a version as ${missing}: its description says so.`);
  return takers.get(missing ?? names[0] ?? "");
}

/** From now on refusals and links of each know the versions of all. */
function join(mounted: ReadonlyMap<string, Mounted>): void {
  const all = [...mounted].flatMap(([name, { served }]): readonly Edition[] => {
    const edition = served.editions.own.find((one) => one.name === name);
    return edition === undefined ? [] : [edition];
  });
  for (const { served } of mounted.values()) served.editions.all = all;
}

/** Which API judges a request. What it names is judged there once more: a mistake here refuses, and lets nobody in. */
function picker(
  mounted: ReadonlyMap<string, Mounted>,
  otherwise: Mounted,
): (exchange: Exchange) => Mounted | undefined {
  const { versioning } = otherwise.served;
  if (versioning.strategy === "path") return byPath([...new Set(mounted.values())], otherwise);
  const read = versionReader(
    versioning,
    (name) => mounted.has(name),
    () => [],
  );
  return (exchange) => {
    const query = readTarget(exchange.target)?.query ?? "";
    const said = read({ exchange, requestId: "", at: 0, sighting: undefined, query, base: undefined });
    return (typeof said === "string" ? mounted.get(said) : undefined) ?? otherwise;
  };
}

function byPath(all: readonly Mounted[], otherwise: Mounted): (exchange: Exchange) => Mounted | undefined {
  const places = all
    .flatMap((one) => one.served.bases.map((base) => ({ ...base, one })))
    .filter(({ version, one }) => version !== undefined || one === otherwise)
    .sort((a, b) => b.prefix.length - a.prefix.length);
  return ({ target }) => {
    const path = readTarget(target)?.path ?? "";
    return places.find(({ prefix }) => path.startsWith(prefix))?.one;
  };
}

/** Paths beside those of operations, as that of the protected resource metadata (RFC 9728). */
function firstOf(all: readonly Api[], exchange: Exchange): Reply | undefined | Promise<Reply | undefined> {
  const [first, ...others] = all;
  const reply = first?.handle(exchange);
  if (others.length === 0 || (reply !== undefined && !(reply instanceof Promise))) return reply;
  return reply === undefined ? firstOf(others, exchange) : reply.then((one) => one ?? firstOf(others, exchange));
}

function strictest(all: readonly Api[]): Api["clientCertificates"] {
  const wanted = all.map(({ clientCertificates }) => clientCertificates);
  return wanted.find((one) => one === "trusted") ?? wanted.find((one) => one === "any") ?? "none";
}

function startError(complaints: readonly string[]): StartError {
  const all = complaints.map(
    (message): StartComplaint => ({ code: "invalid_option", message: `versions: ${message}` }),
  );
  return new StartError(all);
}
