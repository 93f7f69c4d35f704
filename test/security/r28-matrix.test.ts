import { anyOf, owner, publicAccess, role } from "@sallyport/runtime/policy";
import { type SecurityMatrix, type SecuritySetup, securityChecks } from "@sallyport/runtime/testing/security";
import { afterAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { anyToken, open, type Sample } from "../support/contract.js";
import { serveLocally } from "../support/wire.js";

type Server = Awaited<ReturnType<typeof serveLocally>>;
const servers: Server[] = [];
afterAll(() => Promise.all(servers.map((one) => one.close())));

const matrix: SecurityMatrix = {
  roles: ["admin", "editor", "viewer"],
  schemes: { oidc: { bad: { authorization: "Bearer bad" } } },
  operations: {
    readOrder: {
      method: "GET",
      path: "/orders/{id}",
      via: [["oidc"]],
      anonymous: false,
      may: ["none", "admin"],
      mayNot: [],
      object: { type: "Order", parameter: "id", unless: ["admin"], deny: 404 },
    },
    drop: {
      method: "DELETE",
      path: "/drop",
      via: [["oidc"]],
      anonymous: false,
      may: ["admin"],
      mayNot: ["none", "viewer"],
    },
    maybe: { method: "GET", path: "/maybe", via: [["oidc"]], anonymous: true, may: ["none"], mayNot: [] },
    health: { method: "GET", path: "/health", via: [], anonymous: false, may: [], mayNot: [] },
  },
};

const object = owner("Order", { id: "path:id", field: "customer", unless: ["admin"] });
const path: Partial<Sample> = {
  wire: { path: [{ name: "id" }] },
  schemas: { path: z.strictObject({ id: z.string() }) },
};
const good = {
  readOrder: { ...path, policy: { path: "/orders/{id}", access: anyToken, object } },
  drop: { policy: { method: "DELETE", access: anyToken, authz: role("admin") } },
  maybe: { policy: { access: anyOf({ allOf: [] }, { allOf: [{ scheme: "oidc", needs: [] }] }) } },
  health: {},
} satisfies Record<string, Sample>;

const bearer = (who: string) => ({ oidc: { authorization: `Bearer ${who}` } });
const credentials = { none: bearer("ann"), viewer: bearer("vera role=viewer"), admin: bearer("ada role=admin") };

/** What the tests find wrong with a server. */
async function findings(samples: Readonly<Record<string, Sample>>, change: Partial<SecuritySetup> = {}) {
  const loaders = Object.values(samples).some(({ policy }) => policy?.object !== undefined)
    ? { Order: (id: string) => (id === "theirs" ? { customer: "somebody" } : undefined) }
    : {};
  const server = await serveLocally(open(samples, { objects: loaders }).api);
  servers.push(server);
  const setup = { baseUrl: server.url, credentials, foreign: { Order: "theirs" }, ...change };
  const checks = securityChecks(matrix, setup);
  const results = await Promise.all(checks.map(async (one) => [one.name, await one.run()] as const));
  return results.flatMap(([name, wrong]) => (wrong === undefined ? [] : [`${name}: ${wrong}`]));
}

describe("R28 the emitted tests of who may call what", () => {
  it("find nothing wrong with a server that is as the description says", async () => {
    expect(await findings(good)).toEqual([]);
  });

  it("find an operation that asks nobody who they are", async () => {
    const { authz: _, ...policy } = good.drop.policy;
    expect(await findings({ ...good, drop: { policy: { ...policy, access: publicAccess } } })).toEqual([
      "drop (DELETE /drop): nobody is 401, with a challenge: answered 200",
      "drop (DELETE /drop): a made-up credential of oidc is 401: answered 200",
      "drop (DELETE /drop): none is refused: answered 200",
      "drop (DELETE /drop): viewer is refused: answered 200",
    ]);
  });

  it("find a role that is let in, and one that is not", async () => {
    const wider = { policy: { ...good.drop.policy, authz: role("viewer") } };
    expect(await findings({ ...good, drop: wider })).toEqual(["drop (DELETE /drop): viewer is refused: answered 200"]);
    const narrower = { policy: { ...good.maybe.policy, authz: role("admin") } };
    expect(await findings({ ...good, maybe: narrower })).toEqual([
      "maybe (GET /maybe): nobody is let in: answered 401",
      "maybe (GET /maybe): none may: answered 403",
    ]);
  });

  it("find an object that is given to a stranger, and one that is told from a missing one", async () => {
    const handler = ({ path: { id } }: { path: { id: string } }) => ({ status: id === "theirs" ? 200 : 404, body: id });
    const responses = { 200: { "application/json": z.unknown() }, 404: { "application/json": z.unknown() } };
    const schemas = { ...path.schemas, responses };
    const unguarded = { ...path, schemas, handler, policy: { path: "/orders/{id}", access: anyToken } };
    expect(await findings({ ...good, readOrder: unguarded })).toEqual([
      "readOrder (GET /orders/{id}): another's object is not there: answered 200",
    ]);
    const telling = {
      ...unguarded,
      handler: ({ path: { id } }: { path: { id: string } }) => ({ status: 404, body: id === "theirs" ? "no" : "none" }),
    };
    expect(await findings({ ...good, readOrder: telling })).toEqual([
      "readOrder (GET /orders/{id}): another's object is not there: it is told from one that is not there",
    ]);
  });

  it("say what they need and are not given, rather than pass", async () => {
    expect(await findings(good, { credentials: { none: bearer("ann") }, foreign: {} })).toEqual([
      "the setup says all that the tests need: missing: credentials.admin.oidc, credentials.viewer.oidc, foreign.Order",
    ]);
  });
});
