import type { Server, ServerTls, ServerVariable } from "../model/api.js";
import type { SpecObject } from "../model/spec.js";
import { entriesOf, listOf, objectOf, objectsOf, textOf, textsOf } from "./node.js";
import { settingOf } from "./settings.js";

/** The servers of the root, in the order of the spec: the first is the one a client takes. OpenAPI 4.8.1.1: `/` where there is none. */
export function lowerServers(root: SpecObject): readonly Server[] {
  const servers = serversOf(root);
  return servers.length === 0 ? [lowerServer({ url: "/" })] : servers;
}

/** The servers of an operation, or of its path (OpenAPI 4.8.10.1: the nearest list replaces the others). */
export function lowerOwnServers(pathItem: SpecObject, operation: SpecObject): readonly Server[] {
  const own = serversOf(operation);
  return own.length > 0 ? own : serversOf(pathItem);
}

function serversOf(node: SpecObject): readonly Server[] {
  return objectsOf(listOf(node.servers) ?? []).map(lowerServer);
}

const headers = ["x-forwarded-for", "forwarded"] as const;

function lowerServer(node: SpecObject): Server {
  const annotation = objectOf(node["x-sallyport"]);
  const url = textOf(node.url) ?? "/";
  return {
    url,
    variables: variablesOf(node, url),
    description: textOf(node.description),
    environment: textOf(annotation?.environment),
    tls: tlsOf(objectOf(annotation?.tls)),
    trustedProxies: textsOf(annotation?.trustedProxies),
    forwarded: headers.find((one) => one === annotation?.forwarded),
  };
}

const versions = ["TLSv1.2", "TLSv1.3"] as const;
const expiries = ["warn", "fail"] as const;

function tlsOf(said: SpecObject | undefined): ServerTls | undefined {
  if (said === undefined || Object.keys(said).length === 0) return undefined;
  return {
    pins: said.pins === undefined ? undefined : textsOf(said.pins),
    pinsExpire: textOf(said.pinsExpire),
    onExpire: expiries.find((one) => one === said.onExpire),
    minVersion: versions.find((one) => one === said.minVersion),
    ca: settingOf(said.ca),
  };
}

/** Those that the URL names; OpenAPI 4.8.5: each has a default. */
function variablesOf(node: SpecObject, url: string): readonly ServerVariable[] {
  return entriesOf(node.variables).flatMap(([name, said]) => {
    const variable = objectOf(said);
    const value = textOf(variable?.default);
    if (value === undefined || !url.includes(`{${name}}`)) return [];
    const list = listOf(variable?.enum);
    return [{ name, default: value, enum: list === undefined ? undefined : textsOf(list) }];
  });
}
