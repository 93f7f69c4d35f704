import type { Code } from "../../code/layout.js";
import { literal } from "../../code/literal.js";
import { array, object } from "../../code/shapes.js";
import type { Version, Versioning } from "../../model/versioning.js";
import { optional } from "./scheme.js";

/** Which versions there are, and how a request names one. */
export function versioningCode({ strategy, name, current, missing, supported }: Versioning): Code {
  return object([
    { key: "strategy", value: literal(strategy) },
    ...optional("name", name, literal),
    { key: "current", value: literal(current) },
    { key: "missing", value: literal(missing) },
    { key: "supported", value: array(supported.map(versionCode)) },
  ]);
}

function versionCode({ name, deprecatedAt, sunset, docs }: Version): Code {
  return object([
    { key: "name", value: literal(name) },
    ...optional("deprecatedAt", deprecatedAt, literal),
    ...optional("sunset", sunset, literal),
    ...optional("docs", docs, literal),
  ]);
}
