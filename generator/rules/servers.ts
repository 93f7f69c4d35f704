import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec, SpecObject } from "../model/spec.js";
import { error, warning } from "./complaint.js";
import { isObject, placesOf } from "./places.js";

/** URLs of servers whose variables lead nowhere, and TLS that nobody could judge. */
export function serverFaults(spec: Spec): readonly Diagnostic[] {
  return placesOf(spec)
    .filter(({ role }) => role === "server" || role === "ownServer")
    .flatMap(({ node }) => [...unknownVariables(spec, node), ...defaultFaults(spec, node), ...tlsFaults(spec, node)]);
}

/** A client cannot fill in what nobody describes: it has to be told the whole URL. */
function unknownVariables(spec: Spec, server: SpecObject): readonly Diagnostic[] {
  const { url, variables } = server;
  if (typeof url !== "string") return [];
  const names = [...url.matchAll(/\{([^{}]*)\}/g)].map(([, name = ""]) => name);
  return names
    .filter((name) => !isObject(variables) || !Object.hasOwn(variables, name))
    .map((name) => {
      const fix = `Add variables: {${name}: {default: …}}, or pass baseUrl to the client.`;
      return warning("SP161", `The server's URL has {${name}}, which is not described`, fix, spec.at(server, "url"));
    });
}

/** OpenAPI 3.1, 4.8.6: the default is one of the listed values. 3.0 only asks for it. */
function defaultFaults(spec: Spec, { variables }: SpecObject): readonly Diagnostic[] {
  if (!isObject(variables)) return [];
  return Object.keys(variables).flatMap((name) => {
    const variable = variables[name];
    if (!isObject(variable) || !Array.isArray(variable.enum) || variable.enum.includes(variable.default)) return [];
    const complain = spec.dialect === "3.0" ? warning : error;
    const message = `The default of {${name}} is none of its values`;
    return [complain("SP162", message, "Add it to enum, or choose one of those.", spec.at(variable, "default"))];
  });
}

/** What clients are told of a server's TLS must mean something at this server. */
function tlsFaults(spec: Spec, server: SpecObject): readonly Diagnostic[] {
  const annotation = server["x-sallyport"];
  const tls = isObject(annotation) && isObject(annotation.tls) ? annotation.tls : undefined;
  if (tls === undefined) return [];
  const at = spec.at(annotation as SpecObject, "tls");
  const isPlain = typeof server.url === "string" && /^http:/i.test(server.url);
  const lone = (["pinsExpire", "onExpire"] as const).find((key) => tls[key] !== undefined && tls.pins === undefined);
  return [
    ...(isPlain ? [error("SP168", "The server is not asked over TLS", "Write https, or leave tls out.", at)] : []),
    ...(lone === undefined
      ? []
      : [
          error(
            "SP169",
            `${lone} speaks of pins, and there are none`,
            "Add pins, or leave it out.",
            spec.at(tls, lone),
          ),
        ]),
    ...(tls.onExpire === undefined || tls.pinsExpire !== undefined
      ? []
      : [
          error(
            "SP169",
            "onExpire without pinsExpire: the pins never expire",
            "Add pinsExpire.",
            spec.at(tls, "onExpire"),
          ),
        ]),
  ];
}
