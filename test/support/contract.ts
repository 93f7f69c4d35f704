import type { OperationPolicy, Wire } from "@sallyport/runtime/policy";
import { type ApiPolicy, anyOf, publicAccess } from "@sallyport/runtime/policy";
import {
  type Api,
  type AuditLine,
  type CompileOptions,
  type Contract,
  compileApi,
  type Identity,
  type MultipartCodec,
  type OperationSchemas,
  Refusal,
  type Verdict,
  type Verifier,
} from "@sallyport/runtime/server";
import * as z from "zod";

export const apiPolicy: ApiPolicy = {
  format: 1,
  title: "Shop",
  servers: [],
  schemes: {
    oidc: {
      kind: "token",
      type: "oauth2",
      jwt: {
        issuer: "https://id.example",
        audience: ["https://api.example"],
        algorithms: ["ES256"],
        typ: "at+jwt",
        clockSkew: "30s",
      },
      principal: { id: ["sub"] },
    },
    key: { kind: "apiKey", in: "header", name: "X-Key" },
    login: { kind: "basic" },
  },
  roles: { admin: ["editor"], editor: ["viewer"], viewer: [] },
  bounds: { body: "1KiB", depth: 8 },
  retries: {
    maxAttempts: 1,
    base: "1ms",
    cap: "1ms",
    maxElapsed: "1ms",
    statuses: [],
    network: false,
    when: "never",
    retryAfterMax: "1ms",
  },
};

/** One operation, as generated files would spell it, with what a test does not care about left out. */
export interface Sample {
  readonly policy?: Partial<OperationPolicy>;
  readonly wire?: Wire;
  readonly schemas?: Partial<OperationSchemas>;
  readonly multipart?: MultipartCodec;
  readonly handler?: (call: never) => unknown;
}

export interface Shop {
  readonly api: Api;
  readonly lines: AuditLine[];
  readonly log: { readonly facts: object; readonly message: string | undefined }[];
  /** How often each handler ran. */
  readonly runs: Record<string, number>;
}

export const ok = { responses: { 200: { "application/json": z.unknown() } } };

export function contractOf(samples: Readonly<Record<string, Sample>>, api: Partial<ApiPolicy> = {}): Contract {
  const operations = Object.entries(samples).map(([id, { policy, wire, schemas, multipart }]) => [
    id,
    {
      group: "shop",
      policy: { method: "GET", path: `/${id}`, access: publicAccess, ...policy },
      wire: wire ?? {},
      schemas: { ...ok, ...schemas },
      ...(multipart === undefined ? {} : { multipart }),
    },
  ]);
  return { api: { ...apiPolicy, ...api }, operations: Object.fromEntries(operations) };
}

/** A compiled API around some operations; handlers answer 200 and `{ ran: id }` where a sample has none. */
export function open(
  samples: Readonly<Record<string, Sample>>,
  options: Partial<CompileOptions> & { readonly policy?: Partial<ApiPolicy> } = {},
): Shop {
  const { policy, ...rest } = options;
  const contract = contractOf(samples, policy);
  const lines: AuditLine[] = [];
  const log: { facts: object; message: string | undefined }[] = [];
  const runs: Record<string, number> = {};
  const note = (facts: object, message?: string) => void log.push({ facts, message });
  const handlers = Object.entries(samples).map(([id, { handler }]) => [
    id,
    (call: never) => {
      runs[id] = (runs[id] ?? 0) + 1;
      return handler === undefined ? { status: 200, body: { ran: id } } : handler(call);
    },
  ]);
  const api = compileApi(
    contract,
    {
      handlers: { shop: Object.fromEntries(handlers) },
      schemes: { oidc: tokens(), key: keys(), login: logins() },
      audit: { write: (line) => void lines.push(line) },
      log: { debug: note, info: note, warn: note, error: note },
      ...rest,
    },
    () => ({}),
  );
  return { api, lines, log, runs };
}

export function identity(scheme: string, id: string, facts: Partial<Identity> = {}): Identity {
  return {
    scheme,
    id,
    subject: id,
    issuer: undefined,
    client: undefined,
    tenant: undefined,
    scopes: new Set(),
    roles: new Set(),
    claims: {},
    ...facts,
  };
}

const bad = (code: "invalid_token" | "unauthenticated") => new Refusal(code, { status: 401, title: "bad" });

/** `Bearer alice scope=read,write role=admin`: who, and what the token says. */
export function tokens(): Verifier<"token"> {
  return {
    kind: "token",
    bind: ({ name }) => ({
      verify: (exchange) => {
        const text = /^Bearer (.*)$/.exec(exchange.headers.all("authorization")[0] ?? "")?.[1];
        if (text === undefined) return undefined;
        const [who = "", ...facts] = text.split(" ");
        if (who === "bad") return bad("invalid_token");
        if (who === "down") return new Refusal("unavailable", { status: 503, title: "down" });
        if (who === "throws") throw new Error("verifier secret detail");
        if (who === "nonsense") return { id: "root" } as unknown as Verdict;
        const list = (key: string) =>
          new Set(
            facts
              .find((one) => one.startsWith(`${key}=`))
              ?.slice(key.length + 1)
              .split(","),
          );
        const [tenant] = list("tenant");
        return Promise.resolve(
          identity(name, who, { tenant, claims: { sub: who }, scopes: list("scope"), roles: list("role") }),
        );
      },
      challenge: (error = {}) =>
        `Bearer ${Object.entries({ realm: name, ...error })
          .map(([key, value]) => `${key}="${value}"`)
          .join(", ")}`,
    }),
  };
}

/** `X-Key: partner` is a key of partner; `X-Key: bad` is none. */
export function keys(): Verifier<"apiKey"> {
  return {
    kind: "apiKey",
    bind: ({ name }) => ({
      verify: (exchange) => {
        const [text] = exchange.headers.all("x-key");
        if (text === undefined) return undefined;
        const [who = "", ...roles] = text.split(" ");
        return who === "bad" ? bad("unauthenticated") : identity(name, who, { roles: new Set(roles) });
      },
      challenge: () => `ApiKey realm="${name}"`,
    }),
  };
}

/** `Authorization: Basic carol`. */
export function logins(): Verifier<"basic"> {
  return {
    kind: "basic",
    bind: ({ name }) => ({
      verify: (exchange) => {
        const who = /^Basic (.*)$/.exec(exchange.headers.all("authorization")[0] ?? "")?.[1];
        return who === undefined ? undefined : identity(name, who);
      },
      challenge: () => `Basic realm="${name}"`,
    }),
  };
}

export const anyToken = anyOf({ allOf: [{ scheme: "oidc", needs: [] }] });
