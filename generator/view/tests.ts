import type { Code } from "../code/layout.js";
import { literal } from "../code/literal.js";
import { type Entry, object } from "../code/shapes.js";
import type { Api } from "../model/api.js";
import type { Scheme } from "../model/security.js";
import { type MatrixRow, matrixOf } from "./matrix.js";
import { optional } from "./policy/scheme.js";
import type { View } from "./view.js";

/** security.test.ts: what each operation answers to nobody, to a made-up credential, to each role, and on another's object. */
export function testsView(api: Api): View {
  const rows = matrixOf(api);
  const used = new Set(rows.flatMap((row) => row.via.flat()));
  return {
    template: "tests",
    data: {
      roles: literal(api.roles.map((one) => one.name)),
      schemes: object(
        api.schemes.filter(({ name }) => used.has(name)).map((one) => ({ key: one.name, value: schemeCode(one) })),
        { open: true },
      ),
      operations: object(
        rows.map((row) => ({ key: row.id, value: rowCode(row) })),
        { open: true },
      ),
    },
  };
}

/** A made-up credential, which must be refused. A certificate cannot be made up in a header. */
function schemeCode(scheme: Scheme): Code {
  const bad: Readonly<Record<string, string>> =
    scheme.kind === "token"
      ? { authorization: "Bearer made.up.token" }
      : scheme.kind === "basic"
        ? { authorization: "Basic bWFkZTp1cA==" }
        : scheme.kind === "http"
          ? { authorization: `${scheme.scheme} made-up` }
          : scheme.kind !== "apiKey"
            ? {}
            : scheme.in === "cookie"
              ? { cookie: `${scheme.header}=made-up` }
              : { [scheme.header.toLowerCase()]: "made-up" };
  const isCookie = scheme.kind === "apiKey" && scheme.in === "cookie";
  return object([{ key: "bad", value: literal(bad) }, ...(isCookie ? [{ key: "cookie", value: literal(true) }] : [])]);
}

function rowCode({ method, path, via, anonymous, may, mayNot, stepUp, object: rule, body }: MatrixRow): Code {
  const entries: readonly Entry[] = [
    { key: "method", value: literal(method) },
    { key: "path", value: literal(path) },
    { key: "via", value: literal(via) },
    { key: "anonymous", value: literal(anonymous) },
    { key: "may", value: literal(may) },
    { key: "mayNot", value: literal(mayNot) },
    ...(stepUp ? [{ key: "stepUp", value: literal(true) }] : []),
    ...optional("object", rule, (one) => literal({ ...one })),
    ...optional("body", body, (one) => literal({ ...one })),
  ];
  return object(entries, { open: true });
}
