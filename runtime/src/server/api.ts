import type { BoundVerifier, SchemeContext, Verifier } from "../credentials/verifier.js";
import { isOrigin } from "../http/origin.js";
import { type Resolve, systemResolve } from "../http/urls/resolve.js";
import { consoleLog } from "../observe/console-log.js";
import { jsonLines } from "../observe/json-lines.js";
import { acceptedRequestId, ownRequestId } from "../observe/request-id.js";
import { safeLog } from "../observe/safe-log.js";
import { policyFormat, toMilliseconds } from "../policy/index.js";
import { type Complain, type StartComplaint, StartError } from "../problem/start-error.js";
import { memoryIdempotency } from "../stores/memory-idempotency.js";
import { memoryLimits } from "../stores/memory-limits.js";
import type { Blueprint, CallMemory, Ground } from "./blueprint.js";
import type { Api, Contract, EnvSource, IdempotencyOptions, ServerOptions } from "./contract.js";
import { basesOf, editionsOf } from "./editions.js";
import type { Destined } from "./guards/route.js";
import { countersOf } from "./limits/counters.js";
import { waitingRoom } from "./limits/turns.js";
import { sheltered } from "./overload.js";
import { placed } from "./paths.js";
import { defaultPatience } from "./patience.js";
import { compileProgram, type Program } from "./program.js";
import { compileProxies } from "./proxies.js";
import { punctual } from "./punctual.js";
import { describeResource } from "./resource.js";
import { closeRoles } from "./roles.js";
import { Router } from "./router.js";
import { pageAnswersOf, serve } from "./serve.js";
import { findHandlers, findLoaders, findRules, findVerifiers } from "./start-handlers.js";
import { checkPolicy } from "./start-policy.js";
import { checkVersionPlace } from "./start-versions.js";
import { watching } from "./watch.js";

/** What generated `createApi` passes on: its own `Options`, which tsc has checked by name. */
export interface CompileOptions extends ServerOptions {
  readonly handlers: object;
  readonly schemes?: object;
  readonly objects?: object;
  readonly rules?: object;
}

/**
 * Compiles a contract into an API: every guard of the spec in place, every operation with a handler behind it.
 * @param readEnv reads the settings of the contract, as generated `env.ts` does.
 * @throws StartError naming every handler, verifier, loader and setting that is missing or unknown, and everything in the policy
 *   that cannot be enforced. There is no half of a server.
 */
export function compileApi(written: Contract, options: CompileOptions, readEnv: (source: EnvSource) => object): Api {
  // Nothing else of a policy in an unknown format can be trusted to mean what it seems to.
  if (written.api.format !== policyFormat) {
    const message = `The policy has format ${written.api.format}, this runtime reads ${policyFormat}. Install the versions of sallyport and @sallyport/runtime that belong together.`;
    throw new StartError([{ code: "unknown_format", message }]);
  }
  const complaints: StartComplaint[] = [];
  const complain: Complain = (code, message) => void complaints.push({ code, message });
  const gather = <T>(read: () => T): T | undefined => gathered(read, complaints);

  const contract = placed(written, options.paths ?? {}, complain);
  checkPolicy(contract, complain);
  const handlers = findHandlers(contract, options.handlers, complain);
  const found = findVerifiers(contract, options.schemes ?? {}, complain);
  const loaders = findLoaders(contract, options.objects ?? {}, complain);
  const rules = findRules(contract, options.rules ?? {}, complain);
  const patience = options.patience ?? defaultPatience;
  if (!(patience > 0 && patience <= 60_000))
    complain("invalid_option", "patience is more than 0 and at most 60000 ms.");
  const { heartbeat = 15_000 } = options;
  if (heartbeat !== false && !(heartbeat > 0 && heartbeat <= 3_600_000))
    complain("invalid_option", "heartbeat is more than 0 and at most 3600000 ms, or false.");
  const settings = gather(() => readEnv(options.env ?? environment()));
  const now = options.now ?? Date.now;
  const log = safeLog(options.log ?? consoleLog());
  const { origin } = options;
  if (origin !== undefined && !isOrigin(origin))
    complain(
      "invalid_option",
      `origin: "${origin}" is no origin: write https://api.example.com, and nothing behind it.`,
    );
  const own = { now, log, ...(origin === undefined ? {} : { origin }) };
  const verifiers =
    settings === undefined ? new Map<string, BoundVerifier>() : bindAll(found, contract, { ...own, settings }, gather);
  const unproxy = compileProxies(contract.api, options.proxies ?? {}, complain);
  const hosts = readHosts(options, complain);
  const resolve = readResolve(contract, options, complain);
  const basePath = gather(() => readBasePath(contract, options));
  checkVersionPlace(contract.api, basePath ?? "", complain);
  if (complaints.length > 0 || basePath === undefined) throw new StartError(complaints);

  const bases = basesOf(contract.api, basePath);
  const editions = editionsOf(
    contract.api,
    Object.values(contract.operations).map(({ policy }) => policy),
    bases,
  );
  const { versioning } = contract.api;
  const ground: Ground = {
    api: contract.api,
    verifiers,
    loaders,
    rules,
    resolve,
    patience,
    heartbeat: heartbeat === false ? undefined : heartbeat,
    roles: closeRoles(contract.api.roles),
    origin,
    resource: describeResource(contract, verifiers, { basePath, origin }),
    hosts,
    unproxy,
    counters: countersOf(options.limits ?? memoryLimits(), log, now),
    turns: waitingRoom(),
    memory: memoryOf(options.idempotency),
    audit: punctual(options.audit ?? jsonLines(), patience),
    log,
    requestId: options.requestIds === "accepted" ? acceptedRequestId : ownRequestId,
    now,
    basePath,
    bases,
    editions,
  };
  const { observers = [] } = options;
  const isWatched = observers.some((one) => one.guards === true);
  const router = new Router<Destined<Program>>();
  for (const [id, { policy, wire, schemas, multipart }] of Object.entries(contract.operations)) {
    const handler = handlers.get(id);
    if (handler === undefined) continue;
    const operation: Blueprint = { id, policy, wire, schemas, multipart, handler };
    const steps = compileProgram(operation, ground, isWatched);
    const added = router.add(policy.method, policy.path, { operation, steps });
    if (!added) complain("invalid_policy", `${id}: ${policy.method} ${policy.path} is another operation's already.`);
  }
  if (complaints.length > 0) throw new StartError(complaints);
  return {
    ...sheltered(
      serve(router, ground, watching(observers, ground)),
      pageAnswersOf(router, ground),
      options.overload,
      log,
    ),
    routes: bases.flatMap(({ path }) => routesOf(contract, path)),
    ...(versioning === undefined || editions === undefined ? {} : { served: { versioning, editions, bases } }),
    clientCertificates: options.proxies?.certificates === undefined ? certificatesOf(contract, verifiers) : "none",
  };
}

function memoryOf({ store, lease = "30s", whenUnknown = "refuse" }: IdempotencyOptions = {}): CallMemory {
  return { store: store ?? memoryIdempotency(), lease: toMilliseconds(lease), again: whenUnknown === "rerun" };
}

function gathered<T>(read: () => T, complaints: StartComplaint[]): T | undefined {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof StartError)) throw thrown;
    complaints.push(...thrown.complaints);
    return undefined;
  }
}

function bindAll(
  verifiers: ReadonlyMap<string, Verifier>,
  contract: Contract,
  given: { readonly settings: object } & Omit<SchemeContext, "name" | "scheme" | "settings">,
  gather: (bind: () => BoundVerifier) => BoundVerifier | undefined,
): ReadonlyMap<string, BoundVerifier> {
  const settings: SchemeContext["settings"] = Object.fromEntries(Object.entries(given.settings));
  const bound = new Map<string, BoundVerifier>();
  for (const [name, verifier] of verifiers) {
    const scheme = contract.api.schemes[name];
    const one = scheme === undefined ? undefined : gather(() => verifier.bind({ ...given, name, scheme, settings }));
    if (one !== undefined) bound.set(name, one);
  }
  return bound;
}

/** The server answers where the client calls: at the path of the first server of the spec. */
function readBasePath(contract: Contract, options: ServerOptions): string {
  const url = contract.api.servers[0]?.url ?? "";
  const path = options.basePath ?? url.replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*/, "");
  const trimmed = path.replace(/\/+$/, "");
  if (trimmed !== "" && !/^(?:\/[A-Za-z0-9\-._~!$&'()*+,;=:@%]+)+$/.test(trimmed)) {
    const message = `The base path "${trimmed}" is no path of a URL: it starts with a slash, or is empty.`;
    throw new StartError([{ code: "invalid_option", message }]);
  }
  return trimmed;
}

/** What the adapters must ask callers for in the handshake, so that there is anything to verify. */
function certificatesOf({ api }: Contract, verifiers: ReadonlyMap<string, BoundVerifier>): Api["clientCertificates"] {
  const bound = [...verifiers.keys()].flatMap((name) => api.schemes[name] ?? []);
  if (bound.some((scheme) => scheme.kind === "certificate")) return "trusted";
  return bound.some((scheme) => scheme.kind === "token" && scheme.binding === "mtls") ? "any" : "none";
}

function readHosts({ hosts }: ServerOptions, complain: Complain): ReadonlySet<string> | undefined {
  if (hosts === undefined) return undefined;
  for (const host of hosts)
    if (!/^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/.test(host))
      complain("invalid_option", `hosts: "${host}" is no host: write api.example.com, or api.example.com:8443.`);
  if (hosts.length === 0) complain("invalid_option", "hosts is empty: no request could be answered.");
  return new Set(hosts.map((host) => host.toLowerCase()));
}

/** Where the spec guards URLs, somebody must find out where they lead. */
function readResolve(contract: Contract, { resolve }: ServerOptions, complain: Complain): Resolve | undefined {
  if (Object.values(contract.operations).every(({ policy }) => policy.urls === undefined)) return undefined;
  const found = resolve ?? systemResolve();
  if (found === undefined)
    complain("invalid_option", "resolve is missing: the spec guards URLs, and there is no name server here to ask.");
  return found;
}

function routesOf(contract: Contract, basePath: string): Api["routes"] {
  return Object.entries(contract.operations).map(([operation, { policy }]) => ({
    operation,
    method: policy.method,
    path: basePath + policy.path,
  }));
}

/** The environment where there is one: the server also runs where there is no `process`. */
function environment(): EnvSource {
  const { process } = globalThis as { readonly process?: { readonly env?: EnvSource } };
  return process?.env ?? {};
}
