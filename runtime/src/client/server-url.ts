import type { ApiPolicy, ServerPolicy, ServerVariable } from "../policy/index.js";
import { Failure } from "./failure.js";

type Values = Readonly<Record<string, string>>;

/**
 * An API with the variables of its servers filled in. Generated code asks for it where the spec has variables.
 * @throws Failure `configuration` for a variable that no server of the spec has, and as `filled`.
 */
export function filledIn(api: ApiPolicy, { variables }: { readonly variables?: Values }): ApiPolicy {
  const odd = Object.keys(variables ?? {}).find((name) => !(api.variables ?? []).includes(name));
  if (odd !== undefined) throw new Failure("configuration", `variables.${odd}: no server of the spec has it`);
  return { ...api, servers: api.servers.map((server) => filledServer(server, variables)) };
}

/** A server whose URL has no variables any more. */
export function filledServer(server: ServerPolicy, values: Values | undefined): ServerPolicy {
  return { ...server, url: filled(server, values) };
}

/**
 * The URL of a server with its variables filled in: what the caller says, or the spec's default. A value stays where its variable
 * stands: `evil.example/#` is no region (R58).
 * @throws Failure `configuration` for a value that the spec does not list, or that would change what is around it.
 */
function filled({ url, variables = {} }: ServerPolicy, values: Values | undefined): string {
  const masked = url.replace(/\{[^{}]*\}/g, (part) => "_".repeat(part.length));
  const authority = /^[^/?#]*:\/\/[^/?#]*/.exec(masked)?.[0].length ?? 0;
  return url.replace(/\{([^{}]*)\}/g, (whole, name: string, at: number) => {
    const variable = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (variable === undefined) return whole;
    const value = values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) return variable.default;
    const isHost = /^[^/]*:\/\/$/.test(url.slice(0, at)) && /^(?:[:/?#]|$)/.test(url.slice(at + whole.length));
    if (fits(value, variable, at >= authority ? "path" : isHost ? "host" : "label")) return value;
    const list = variable.enum === undefined ? "" : `: it is one of ${variable.enum.join(", ")}`;
    throw new Failure("configuration", `variables.${name} cannot be ${JSON.stringify(value)}${list}`);
  });
}

/** What a variable without a list may be, by where it stands. A part of a host's name holds no dot: it would choose the domain. */
const shapes = {
  host: /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i,
  label: /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i,
  path: /^(?!(?:.*\/)?\.{1,2}(?:\/|$))[a-z0-9._~/-]*$/i,
} as const;

function fits(value: string, variable: ServerVariable, place: keyof typeof shapes): boolean {
  return variable.enum === undefined ? shapes[place].test(value) : variable.enum.includes(value);
}
