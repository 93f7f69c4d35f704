import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import {
  type Api,
  type BoundVerifier,
  type CompileOptions,
  type Contract,
  compileApi,
  type OperationContract,
  Refusal,
  StartError,
} from "@sallyport/runtime/server";
import { buildRouter, mutation, query } from "@sallyport/runtime/trpc";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Blueprint, Ground } from "../../runtime/src/server/blueprint.js";
import { authenticate } from "../../runtime/src/server/guards/authenticate.js";
import { authorize } from "../../runtime/src/server/guards/authorize.js";
import { cookies } from "../../runtime/src/server/guards/cookies.js";
import { csrf } from "../../runtime/src/server/guards/csrf.js";
import { decode } from "../../runtime/src/server/guards/decode.js";
import { handle } from "../../runtime/src/server/guards/handle.js";
import { idempotency } from "../../runtime/src/server/guards/idempotency.js";
import { items } from "../../runtime/src/server/guards/items.js";
import { label } from "../../runtime/src/server/guards/label.js";
import { lifecycle } from "../../runtime/src/server/guards/lifecycle.js";
import { limitByAddress, limitByCaller, limitByInput } from "../../runtime/src/server/guards/limits.js";
import { negotiate } from "../../runtime/src/server/guards/negotiate.js";
import { object } from "../../runtime/src/server/guards/object.js";
import { project } from "../../runtime/src/server/guards/project.js";
import { read } from "../../runtime/src/server/guards/read.js";
import { stepUp } from "../../runtime/src/server/guards/step-up.js";
import { transport } from "../../runtime/src/server/guards/transport.js";
import { unflatten } from "../../runtime/src/server/guards/unflatten.js";
import { urls } from "../../runtime/src/server/guards/urls.js";
import { validate } from "../../runtime/src/server/guards/validate.js";
import { version } from "../../runtime/src/server/guards/version.js";
import { write } from "../../runtime/src/server/guards/write.js";
import { flatOrder, httpOrder } from "../../runtime/src/server/order.js";
import { crowded } from "../support/crowded-spec.js";
import { contractOfSpec } from "../support/emitted-contract.js";
import { ann, inputOf, optionsFor, requestOf, schemesOf } from "../support/everything.js";
import { send, serveLocally } from "../support/wire.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), "sallyport-unguarded-"));
const github = createRequire(import.meta.url).resolve("@octokit/openapi/generated/api.github.com.json");

const specs: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  ledger: ["test/golden/ledger/spec.yaml", []],
  access: ["test/golden/access/spec.yaml", []],
  cors: ["test/golden/cors/spec.yaml", []],
  bank: ["examples/bank/bank.yaml", []],
  notes: ["examples/quickstart/notes.yaml", []],
  crowded: [path.join(folder, "crowded.json"), []],
  github: [github, [path.join(root, "examples/overlay/github.overlay.yaml")]],
};
const contracts = new Map<string, Contract>();

beforeAll(async () => {
  writeFileSync(path.join(folder, "crowded.json"), JSON.stringify(crowded));
  for (const [name, [entry, overlays]] of Object.entries(specs))
    contracts.set(name, await contractOfSpec({ entry, overlays, cwd: root }));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => void vi.restoreAllMocks());

interface Outcome {
  readonly ran: ReadonlySet<string>;
  /** Statuses by operation, over HTTP. */
  readonly statuses: ReadonlyMap<string, number>;
  /** Operations that answered something over tRPC. */
  readonly answered: ReadonlySet<string>;
}

/** Calls operations of a contract over HTTP and over tRPC, as ann, with options or guards that a test has broken. */
async function callAll(
  contract: Contract,
  change: Partial<CompileOptions> = {},
  of: (operation: OperationContract) => boolean = () => true,
): Promise<Outcome> {
  const { options, ran } = optionsFor(contract);
  const api = compileApi(contract, { ...options, ...change }, () => ({}));
  const chosen = Object.entries(contract.operations).filter(([, operation]) => of(operation));
  const statuses = new Map<string, number>();
  const base = new Map(api.routes.map(({ operation, path: served }) => [operation, served]));
  await inTurns(chosen, async ([id, operation]) => {
    const prefix = (base.get(id) ?? "").slice(0, -operation.policy.path.length);
    const reply = await api.handle(requestOf(operation, prefix));
    statuses.set(id, reply?.status ?? 0);
  });
  return { ran, statuses, answered: await overTrpc(api, chosen) };
}

async function overTrpc(
  api: Api,
  chosen: readonly (readonly [string, OperationContract])[],
): Promise<ReadonlySet<string>> {
  const all = Object.fromEntries(
    chosen.map(([id, { policy }]) => [id, policy.method === "GET" ? query(id) : mutation(id)]),
  );
  const router = buildRouter(api, { all } as never);
  const answered = new Set<string>();
  await inTurns(chosen, async ([id, operation]) => {
    const context = { exchange: requestOf(operation, ""), setHeader: () => {} };
    const caller = router.createCaller(context) as unknown as {
      all: Record<string, (input: unknown) => Promise<unknown>>;
    };
    await caller.all[id]?.(inputOf(operation)).then(
      () => answered.add(id),
      () => {},
    );
  });
  return answered;
}

/** Many at once, so that what hangs hangs together. */
async function inTurns<T>(all: readonly T[], run: (one: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < all.length; at += 200) await Promise.all(all.slice(at, at + 200).map(run));
}

const isGuarded = ({ policy: { access } }: OperationContract) =>
  access.kind === "restricted" && access.anyOf.every((clause) => clause.allOf.length > 0);

function expectNothing({ ran, statuses, answered }: Outcome): void {
  expect([...ran]).toEqual([]);
  expect([...answered]).toEqual([]);
  expect([...statuses].filter(([, status]) => status < 400)).toEqual([]);
  expect(statuses.size).toBeGreaterThan(0);
}

function contractOf(name: string): Contract {
  const contract = contracts.get(name);
  if (contract === undefined) throw new Error(`no ${name}`);
  return contract;
}

/** One operation of each kind: guards are compiled from nothing else than what its policy says, and which parts its requests have. */
function kindsOf(name: string): Contract {
  const { operations, ...rest } = contractOf(name);
  const byKind = new Map(
    Object.entries(operations).map((one) => {
      const { path: _path, servers: _servers, ...policy } = one[1].policy;
      const parts = Object.entries(one[1].wire).map(([part, fields]) => [part, "media" in fields ? fields.media : ""]);
      return [JSON.stringify([policy, parts]), one];
    }),
  );
  return { ...rest, operations: Object.fromEntries(byKind.values()) };
}

const broken: Readonly<Record<string, BoundVerifier["verify"]>> = {
  "that find nobody": () => undefined,
  "that throw": () => {
    throw new Error("secret");
  },
  "that reject": () => Promise.reject(new Error("secret")),
  "that hang": () => new Promise(() => {}),
  "that answer a refusal that is none": () => new Refusal("unauthenticated", { status: 200, title: "come in" }),
  ...Object.fromEntries(
    [
      null,
      true,
      "yes",
      1,
      {},
      [],
      () => true,
      { id: "ann" },
      { id: "", scopes: new Set(), roles: new Set(), claims: {} },
      { id: "ann", scopes: ["admin"], roles: ["admin"], claims: {} },
      { id: "ann", scopes: new Set(), roles: new Set() },
      Object.create({ id: "ann", scopes: new Set(), roles: new Set(), claims: {} }),
      { status: 200 },
    ].flatMap((value, at) => [
      [`that answer nonsense ${at}`, () => value],
      [`that answer nonsense ${at}, later`, () => Promise.resolve(value)],
    ]),
  ),
};

describe.each(Object.keys(specs))("R12 nothing of %s is reachable", (name) => {
  it("but for whom the guards let through: every operation is called, and runs", async () => {
    const contract = contractOf(name);
    const { ran, statuses } = await callAll(contract);
    const closed = ({ policy }: OperationContract) => policy.authz?.kind === "deny" || policy.stepUp !== undefined;
    const wanted = Object.entries(contract.operations).filter(([, one]) => !closed(one));
    const missed = wanted.filter(([id]) => !ran.has(id)).map(([id]) => `${id} ${statuses.get(id)}`);
    // Bodies that are not JSON are another test's matter.
    expect(missed.length, missed.join(", ")).toBeLessThanOrEqual(wanted.length / 20);
  });

  it("without a verifier, as the server does not start", () => {
    const { options } = optionsFor(contractOf(name));
    expect(() => compileApi(contractOf(name), { ...options, schemes: {} }, () => ({}))).toThrow(StartError);
  });

  it.each(Object.keys(broken))("with verifiers %s", async (kind) => {
    const contract = kind === "that find nobody" ? contractOf(name) : kindsOf(name);
    const verify = broken[kind] as BoundVerifier["verify"];
    const schemes = schemesOf(contract, () => ({ verify, challenge: () => "Test realm" }));
    const outcome = await callAll(contract, { schemes }, isGuarded);
    expectNothing(outcome);
    if (kind === "that hang") expect(new Set(outcome.statuses.values())).toEqual(new Set([503]));
    if (kind === "that find nobody") expect(new Set(outcome.statuses.values())).toEqual(new Set([401]));
  });

  it("where the prototype of every object says that it is somebody", async () => {
    const contract = kindsOf(name);
    const schemes = schemesOf(contract, () => ({ verify: () => ({}) as never, challenge: () => "Test realm" }));
    const polluted = { ...ann(contract) };
    for (const [key, value] of Object.entries(polluted))
      Object.defineProperty(Object.prototype, key, { value, configurable: true, writable: true });
    try {
      expectNothing(await callAll(contract, { schemes }, isGuarded));
    } finally {
      for (const key of Object.keys(polluted)) Reflect.deleteProperty(Object.prototype, key);
    }
  });
});

const failing: Readonly<Record<string, () => unknown>> = {
  throws: () => {
    throw new Error("down");
  },
  rejects: () => Promise.reject(new Error("down")),
  hangs: () => new Promise(() => {}),
  "answers nothing": () => null,
  "answers nonsense": () => "yes",
  "answers nonsense in the right form": () => [{ allowed: "yes" }],
};

/** With limits that refuse while nobody can count. Otherwise each process counts for itself. */
function denying(contract: Contract): Contract {
  const operations = Object.entries(contract.operations).map(([id, one]) => {
    const limits = one.policy.limits?.map((limit) => ({ ...limit, onStoreError: "deny" as const })) ?? [];
    return [id, { ...one, policy: { ...one.policy, limits } }];
  });
  return { ...contract, operations: Object.fromEntries(operations) };
}

describe.each(["ledger", "bank", "notes", "crowded", "github"])(
  "R12 R44 no limited operation of %s is reachable",
  (name) => {
    it.each(Object.keys(failing))("while the store of limits %s", async (how) => {
      const limited = ({ policy }: OperationContract) => (policy.limits?.length ?? 0) > 0;
      const limits = { take: failing[how] } as never;
      expectNothing(await callAll(denying(kindsOf(name)), { limits }, limited));
    });
  },
);

describe.each(["ledger", "access", "bank", "notes"])("R12 no operation of %s on an object is reachable", (name) => {
  const kinds = Object.keys(failing).filter((how) => !how.includes("right form"));
  it.each(kinds)("while a loader %s", async (how) => {
    const { options } = optionsFor(contractOf(name));
    const objects = Object.fromEntries(Object.keys(options.objects ?? {}).map((type) => [type, failing[how]]));
    const loads = ({ policy }: OperationContract) => policy.object !== undefined && "id" in policy.object;
    expectNothing(await callAll(contractOf(name), { objects }, loads));
  });
});

describe("R12 over a socket", () => {
  it.each(Object.keys(broken))("with verifiers %s", async (kind) => {
    const contract = contractOf("access");
    const verify = broken[kind] as BoundVerifier["verify"];
    const schemes = schemesOf(contract, () => ({ verify, challenge: () => "Test realm" }));
    const { options, ran } = optionsFor(contract);
    const server = await serveLocally(compileApi(contract, { ...options, schemes }, () => ({})));
    try {
      for (const { policy } of Object.values(contract.operations)) {
        const target = policy.path.replace(/\{[^}]*\}/g, "1");
        const reply = await send(server, { method: policy.method, target, headers: ["Authorization: Bearer ann"] });
        expect(reply.status).toBeGreaterThanOrEqual(400);
        expect(reply.body).not.toContain("secret");
      }
    } finally {
      await server.close();
    }
    expect([...ran]).toEqual([]);
  });
});

const guards = [
  transport,
  version,
  lifecycle,
  limitByAddress,
  authenticate,
  csrf,
  limitByCaller,
  authorize,
  stepUp,
  negotiate,
  decode,
  unflatten,
  validate,
  limitByInput,
  object,
  write,
  urls,
  idempotency,
  handle,
  items,
  project,
  read,
  cookies,
  label,
];
const failures: Readonly<Record<string, (call: unknown) => unknown>> = {
  throws: () => {
    throw new Error("guard");
  },
  rejects: () => Promise.reject(new Error("guard")),
  "answers nothing": () => undefined,
  "answers true": () => true,
  "answers something like a call": (call) => ({ ...(call as object) }),
  "answers something like a refusal": () => ({ status: 403, code: "forbidden" }),
  "answers a refusal that is none": () => new Refusal("forbidden", { status: 204, title: "go on" }),
  "answers nothing, later": () => Promise.resolve(undefined),
};

describe("R12 a guard that fails lets nobody through", () => {
  it("each of the guards is tried", () => {
    expect(new Set(guards.map((one) => one.name))).toEqual(new Set([...httpOrder.guards, ...flatOrder.guards]));
  });

  const tries = guards.flatMap((guard) => Object.keys(failures).map((how) => [guard.name, how, guard] as const));
  it.each(tries)("%s %s", async (guardName, how, guard) => {
    // `read` and `write` of two orders share a name with nobody, so the name is enough.
    vi.spyOn(guard, "compile").mockImplementation(((_: Blueprint, __: Ground) => failures[how]) as never);
    for (const name of ["access", "bank", "crowded"]) {
      const { ran, statuses, answered } = await callAll(contractOf(name));
      const before = httpOrder.guards.indexOf(guardName) <= httpOrder.guards.indexOf("handler");
      const http = guardName !== "unflatten";
      const flat = guardName !== "decode" && guardName !== "negotiate";
      if (before && http && flat) expect([...ran]).toEqual([]);
      if (http) expect([...statuses].filter(([, status]) => status < 400)).toEqual([]);
      if (flat) expect([...answered]).toEqual([]);
    }
  });
});
