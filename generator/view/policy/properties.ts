import type { Code } from "../../code/layout.js";
import { literal } from "../../code/literal.js";
import { object } from "../../code/shapes.js";
import type { ReadRule, UrlUse, WriteRule } from "../../model/security.js";
import { roleCode } from "./roles.js";
import { optional } from "./scheme.js";

/** Who sees which property of the responses. */
export function readCode(rules: readonly ReadRule[]): Code {
  return object(rules.map(({ pointer, by }) => ({ key: pointer, value: roleCode(by) })));
}

/** Who may send which property of the request. */
export function writeCode(rules: readonly WriteRule[]): Code {
  return object(
    rules.map(({ in: place, pointer, by, unchanged, otherwise }) => ({
      key: `${place}:${pointer}`,
      value: object([
        ...optional("by", by, roleCode),
        ...(unchanged ? [{ key: "unchanged", value: literal(true) }] : []),
        ...(otherwise === "ignore" ? [{ key: "otherwise", value: literal(otherwise) }] : []),
      ]),
    })),
  );
}

/** Which URLs the values of a request may be. */
export function urlsCode(uses: readonly UrlUse[]): Code {
  return object(
    uses.map(({ in: place, pointer, rule: { schemes, hosts, private: privately } }) => ({
      key: `${place}:${pointer}`,
      value: literal({
        schemes,
        ...(hosts === undefined ? {} : { hosts }),
        ...(privately === "allow" ? { private: privately } : {}),
      }),
    })),
  );
}
