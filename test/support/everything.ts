import type { Field, Kind } from "@sallyport/runtime/policy";
import type {
  BoundVerifier,
  CompileOptions,
  Contract,
  Exchange,
  HandlerReply,
  Identity,
  OperationContract,
  Verifier,
} from "@sallyport/runtime/server";

/** Options with which every operation of a contract can be called by `ann`, and a note of each handler that runs. */
export function optionsFor(contract: Contract): { readonly options: CompileOptions; readonly ran: Set<string> } {
  const ran = new Set<string>();
  const handlers: Record<string, Record<string, unknown>> = {};
  for (const [id, operation] of Object.entries(contract.operations)) {
    const group = handlers[operation.group] ?? {};
    handlers[operation.group] = group;
    group[id] = () => {
      ran.add(id);
      return replyOf(operation);
    };
  }
  const rules = Object.values(contract.operations).flatMap(({ policy }) => policy.object ?? []);
  const named = rules.filter((rule) => "id" in rule);
  const custom = rules.flatMap((rule) => (rule.kind === "custom" ? [[rule.rule, () => true] as const] : []));
  const settings = new Proxy({}, { get: () => "set", has: () => true });
  return {
    ran,
    options: {
      handlers,
      schemes: schemesOf(contract, () => ({ verify: () => ann(contract), challenge: () => "Test realm" })),
      objects: Object.fromEntries(named.map(({ type }) => [type, () => annsOwn])),
      rules: Object.fromEntries(custom),
      limits: {
        take: (checks: readonly unknown[]) =>
          checks.map(() => ({ allowed: true, remaining: 1, retryAfter: 0, reset: 1 })),
      },
      audit: { write: () => {} },
      log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
      env: settings,
      patience: 30,
    },
  };
}

/** Whatever field names the owner, it is ann. */
const annsOwn = new Proxy({}, { get: (_, name) => (name === "then" || name === "toJSON" ? undefined : "ann") });

/** A verifier for each scheme, all of them bound to the same thing. */
export function schemesOf(contract: Contract, bind: () => BoundVerifier): Record<string, Verifier> {
  return Object.fromEntries(
    Object.entries(contract.api.schemes).map(([name, { kind }]) => [name, { kind, bind } satisfies Verifier]),
  );
}

/** A caller who may do everything that any caller may. */
export function ann(contract: Contract): Identity {
  const needs = Object.values(contract.operations).flatMap(({ policy: { access } }) =>
    access.kind === "public" ? [] : access.anyOf.flatMap(({ allOf }) => allOf.flatMap((use) => use.needs)),
  );
  const mappings = Object.values(contract.api.schemes).flatMap((one) => (one.kind === "token" ? [one.principal] : []));
  return {
    scheme: "any",
    id: "ann",
    subject: "ann",
    issuer: "ann",
    client: "ann",
    tenant: "ann",
    scopes: new Set(needs),
    roles: new Set(Object.keys(contract.api.roles)),
    claims: Object.fromEntries(mappings.flatMap(({ id }) => id).map((name) => [name, "ann"])),
  };
}

function replyOf({ schemas, policy }: OperationContract): HandlerReply {
  const statuses = Object.keys(schemas.responses);
  const key = statuses.find((one) => /^2\d\d$/.test(one)) ?? statuses.find((one) => /^\d\d\d$/.test(one));
  const status = key === undefined ? 200 : Number(key);
  const [media] = Object.keys(schemas.responses[key ?? statuses[0] ?? ""] ?? {});
  if (media === undefined || status === 204 || status === 205 || status === 304) return { status };
  if (!/json/.test(media)) return { status, body: /^text\//.test(media) ? "text" : new Uint8Array() };
  const { object } = policy;
  return { status, body: object !== undefined && "list" in object ? nest(object.items, []) : {} };
}

function nest(pointer: string, value: unknown): unknown {
  return pointer
    .split("/")
    .slice(1)
    .reverse()
    .reduce<unknown>((inner, token) => (token === "*" ? [inner] : { [token]: inner }), value);
}

/** A request that reaches an operation, with every parameter and a body. */
export function requestOf({ policy, wire }: OperationContract, basePath: string): Exchange {
  const path = (wire.path ?? []).reduce(
    (text, field) => text.replaceAll(`{${field.name}}`, textOf(field)),
    policy.path,
  );
  const { object } = policy;
  const id = object !== undefined && "id" in object ? object : undefined;
  const query = id?.id.startsWith("query:") ? `?${encodeURIComponent(id.id.slice(6))}=1` : "";
  const header = id?.id.startsWith("header:") ? [id.id.slice(7).toLowerCase(), "1"] : [];
  const [media] = wire.body?.media ?? [];
  const content = new TextEncoder().encode(media !== undefined && /json/.test(media) ? JSON.stringify(bodyOf(id)) : "");
  const headers = new Map([
    ...(media === undefined ? [] : [["content-type", media.replaceAll("*", "x")] as const]),
    ...(header.length === 2 ? [[header[0] ?? "", header[1] ?? ""] as const] : []),
  ]);
  return {
    method: policy.method,
    target: `${basePath}${path}${query}`,
    headers: { all: (name) => (headers.has(name) ? [headers.get(name) ?? ""] : []) },
    address: "192.0.2.1",
    tls: undefined,
    signal: new AbortController().signal,
    read: async (limit) => (content.length > limit ? undefined : content),
    chunks: async function* () {
      yield content;
    },
  };
}

function bodyOf(id: { readonly id: string; readonly many: boolean } | undefined): unknown {
  return id?.id.startsWith("body:") ? nest(id.id.slice(5), id.many && !id.id.includes("*") ? ["1"] : "1") : {};
}

/** The input of the same call, as tRPC has it. */
export function inputOf({ policy, wire }: OperationContract): Record<string, unknown> {
  const fields = [...(wire.path ?? []), ...(wire.query ?? []), ...(wire.header ?? [])];
  const { object } = policy;
  const id = object !== undefined && "id" in object ? object : undefined;
  return Object.fromEntries([
    ...fields.map((field) => [field.key ?? field.name, id?.many === true && Array.isArray(field.kind) ? ["1"] : "1"]),
    ...(wire.body === undefined ? [] : [[wire.body.key ?? "body", bodyOf(id)]]),
  ]);
}

function textOf({ kind, style }: Field): string {
  const text = kind === "boolean" ? "true" : wordOf(kind);
  return `${style === "label" ? "." : ""}${text}`;
}

function wordOf(kind: Kind | undefined): string {
  return kind === "json" ? "%7B%7D" : "1";
}
