import { ask, nobodys } from "./ask.js";
import type { Headers, OperationCase, SecurityMatrix, SecuritySetup } from "./matrix.js";

/** One test: it answers what is wrong, or nothing. */
export interface Check {
  readonly name: string;
  /** Why it cannot be made. */
  readonly skip?: string;
  readonly run: () => Promise<string | undefined>;
}

/** Every test of a matrix: each operation by nobody, by a made-up credential, by each role, and on another's object. */
export function securityChecks(matrix: SecurityMatrix, setup: SecuritySetup): readonly Check[] {
  const cases = Object.entries(matrix.operations);
  return [
    complete(matrix, setup),
    ...cases.flatMap(([id, operation]) => {
      const reason = setup.skip?.[id];
      const checks = checksOf(id, operation, matrix, setup);
      return reason === undefined ? checks : checks.map((one) => ({ ...one, skip: reason }));
    }),
  ];
}

/** A matrix that is tested in part proves less than it seems to. */
function complete(matrix: SecurityMatrix, setup: SecuritySetup): Check {
  const cases = Object.entries(matrix.operations).filter(([id]) => setup.skip?.[id] === undefined);
  const missing = new Set(
    cases.flatMap(([, operation]) => [
      ...[...operation.may, ...operation.mayNot]
        .filter((role) => operation.via.length > 0 && credentialOf(role, operation, setup) === undefined)
        .map((role) => `credentials.${role}.${operation.via.map((all) => all.join(" and ")).join(" or ")}`),
      ...(operation.object !== undefined && setup.foreign?.[operation.object.type] === undefined
        ? [`foreign.${operation.object.type}`]
        : []),
    ]),
  );
  return {
    name: "the setup says all that the tests need",
    run: async () => (missing.size === 0 ? undefined : `missing: ${[...missing].sort().join(", ")}`),
  };
}

function checksOf(
  id: string,
  operation: OperationCase,
  matrix: SecurityMatrix,
  setup: SecuritySetup,
): readonly Check[] {
  const title = `${id} (${operation.method} ${operation.path})`;
  const check = (what: string, run: Check["run"]): Check => ({ name: `${title}: ${what}`, run });
  const schemes = [...new Set(operation.via.flat())];
  return [
    check(isOpen(operation) ? "nobody is let in" : "nobody is 401, with a challenge", async () => {
      const { status, challenge } = await ask(operation, setup, {});
      if (isOpen(operation)) return status === 401 || status === 403 ? `answered ${status}` : undefined;
      if (status !== 401) return `answered ${status}`;
      return challenge === undefined ? "answered 401 without WWW-Authenticate" : undefined;
    }),
    // RFC 6750, 3.1: a credential that is there and bad is not taken for none.
    ...schemes.flatMap((name) => {
      const bad = matrix.schemes[name]?.bad;
      return bad === undefined || Object.keys(bad).length === 0
        ? []
        : [check(`a made-up credential of ${name} is 401`, () => expectStatus(operation, setup, bad, [401]))];
    }),
    ...operation.mayNot.flatMap((role) =>
      denied(operation, setup, role).map((run) => check(`${role} is refused`, run)),
    ),
    ...operation.may.flatMap((role) => allowed(operation, setup, role).map((run) => check(`${role} may`, run))),
    ...foreign(id, operation, setup).map((run) => check("another's object is not there", run)),
    ...crossSite(operation, matrix, setup).map((run) => check("a page of another site cannot have it called", run)),
  ];
}

function isOpen({ via, anonymous }: OperationCase): boolean {
  return anonymous || via.length === 0;
}

function denied(operation: OperationCase, setup: SecuritySetup, role: string): readonly Check["run"][] {
  const headers = credentialOf(role, operation, setup);
  return headers === undefined ? [] : [() => expectStatus(operation, setup, headers, [403, 404])];
}

/** Whether a role may call is asked of an object that is not there, or without a body that is right: nothing is changed by it. */
function allowed(operation: OperationCase, setup: SecuritySetup, role: string): readonly Check["run"][] {
  const headers = credentialOf(role, operation, setup);
  const harmless =
    /^(GET|HEAD|QUERY|OPTIONS)$/.test(operation.method) ||
    operation.path.includes("{") ||
    operation.body?.required === true;
  if (headers === undefined || !harmless) return [];
  return [
    async () => {
      const { status, challenge } = await ask(operation, setup, headers);
      if (status === 401 && operation.stepUp && challenge?.includes("insufficient_user_authentication"))
        return undefined;
      return status === 401 || status === 403 || status >= 500 ? `answered ${status}` : undefined;
    },
  ];
}

function foreign(id: string, operation: OperationCase, setup: SecuritySetup): readonly Check["run"][] {
  const { object } = operation;
  const role = operation.may.find((one) => object !== undefined && !object.unless.includes(one));
  const headers = role === undefined ? undefined : credentialOf(role, operation, setup);
  const theirs = object === undefined ? undefined : setup.foreign?.[object.type];
  if (object === undefined || headers === undefined || theirs === undefined || operation.stepUp) return [];
  const body = setup.bodies?.[id];
  if (body === undefined && operation.body?.required === true) return [];
  return [
    async () => {
      const more = body === undefined ? {} : { body };
      const one = await ask(operation, setup, headers, { ...more, id: theirs });
      if (one.status !== object.deny) return `answered ${one.status}`;
      if (object.deny === 403) return undefined;
      const other = await ask(operation, setup, headers, { ...more, id: nobodys });
      return one.told === other.told && one.status === other.status
        ? undefined
        : "it is told from one that is not there";
    },
  ];
}

/** A credential that browsers send by themselves must not be enough for a request that another site makes. */
function crossSite(operation: OperationCase, matrix: SecurityMatrix, setup: SecuritySetup): readonly Check["run"][] {
  if (/^(GET|HEAD|OPTIONS|QUERY)$/.test(operation.method)) return [];
  const [role] = operation.may;
  const only = operation.via.find((all) => all.length === 1 && matrix.schemes[all[0] ?? ""]?.cookie);
  const cookie =
    only === undefined || role === undefined ? undefined : setup.credentials[role]?.[only[0] ?? ""]?.cookie;
  if (cookie === undefined) return [];
  const headers = { cookie, origin: "https://attacker.example", "sec-fetch-site": "cross-site" };
  return [() => expectStatus(operation, setup, headers, [401, 403])];
}

async function expectStatus(
  operation: OperationCase,
  setup: SecuritySetup,
  headers: Headers,
  statuses: readonly number[],
): Promise<string | undefined> {
  const { status } = await ask(operation, setup, headers);
  return statuses.includes(status) ? undefined : `answered ${status}`;
}

/** The headers of the first alternative for which a role has every credential. */
function credentialOf(role: string, { via }: OperationCase, setup: SecuritySetup): Headers | undefined {
  const own = setup.credentials[role] ?? {};
  const all = via.find((schemes) => schemes.length > 0 && schemes.every((name) => own[name] !== undefined));
  return all === undefined ? undefined : Object.assign({}, ...all.map((name) => own[name]));
}
