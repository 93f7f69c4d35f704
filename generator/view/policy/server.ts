import type { Code } from "../../code/layout.js";
import { literal } from "../../code/literal.js";
import { object } from "../../code/shapes.js";
import type { Api, Server, ServerTls } from "../../model/api.js";
import { optional, settingCode } from "./scheme.js";

/** A server as the client sees it. */
export function serverCode({ url, variables, environment, tls, trustedProxies, forwarded }: Server): Code {
  const entries = variables.map((one) => ({
    key: one.name,
    value: object([{ key: "default", value: literal(one.default) }, ...optional("enum", one.enum, literal)]),
  }));
  return object([
    { key: "url", value: literal(url) },
    ...(entries.length > 0 ? [{ key: "variables", value: object(entries) }] : []),
    ...optional("environment", environment, literal),
    ...optional("tls", tls, tlsCode),
    ...(trustedProxies.length > 0 ? [{ key: "trustedProxies", value: literal(trustedProxies) }] : []),
    ...optional("forwarded", forwarded, literal),
  ]);
}

function tlsCode({ pins, pinsExpire, onExpire, minVersion, ca }: ServerTls): Code {
  return object([
    ...optional("pins", pins, literal),
    ...optional("pinsExpire", pinsExpire, literal),
    ...optional("onExpire", onExpire, literal),
    ...optional("minVersion", minVersion, literal),
    ...optional("ca", ca, settingCode),
  ]);
}

/** The variables of all servers: a client that sets another has mistyped it. */
export function variableNames({ servers, operations }: Api): readonly string[] {
  const all = [...servers, ...operations.flatMap((one) => one.servers)];
  return [...new Set(all.flatMap((one) => one.variables.map(({ name }) => name)))].sort();
}
