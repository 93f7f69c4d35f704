import type { Server } from "../model/api.js";
import type { SpecObject } from "../model/spec.js";
import { complain, type Lowering } from "./lowering.js";
import { listOf, objectOf, objectsOf, textOf, textsOf } from "./node.js";

/** The servers of the root, in the order of the spec: the first is the one a client takes. OpenAPI 4.8.1.1: `/` where there is none. */
export function lowerServers(root: SpecObject): readonly Server[] {
  const servers = objectsOf(listOf(root.servers) ?? []);
  return servers.length === 0
    ? [{ url: "/", description: undefined, environment: undefined, pins: [] }]
    : servers.map(lowerServer);
}

function lowerServer(node: SpecObject): Server {
  const annotation = objectOf(node["x-sallyport"]);
  return {
    url: fill(textOf(node.url) ?? "/", objectOf(node.variables)),
    description: textOf(node.description),
    environment: textOf(annotation?.environment),
    pins: textsOf(objectOf(annotation?.tls)?.pins),
  };
}

/** OpenAPI 4.8.5: a variable of the URL has a default. */
function fill(url: string, variables: SpecObject | undefined): string {
  return url.replace(/\{([^{}]*)\}/g, (whole, name: string) => textOf(objectOf(variables?.[name])?.default) ?? whole);
}

/** An operation at a server of its own: the client sends every operation to one, and says so here. */
export function warnOfOwnServers(run: Lowering, node: SpecObject): void {
  if ((listOf(node.servers)?.length ?? 0) === 0) return;
  complain(run, node, "servers", {
    code: "SP192",
    severity: "warning",
    message: "Servers of a single path or operation are not used: the client sends to the base URL it is given.",
    fix: "Create a second client with the other base URL for these operations.",
  });
}
