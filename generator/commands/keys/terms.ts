import { didYouMean } from "../../code/suggest.js";
import type { Api } from "../../model/api.js";
import type { KeyRules, Scheme } from "../../model/security.js";
import { type Flags, specOf } from "../flags.js";
import type { KeyMaking, KeyTerms } from "./runtime.js";
import { usageFault } from "./usage.js";

/** What the spec says that a key may be. */
export interface Terms extends KeyMaking {
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
}

type ApiKeyScheme = Extract<Scheme, { readonly kind: "apiKey" }>;
type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads from the spec how keys of a scheme are made.
 * @param name the scheme; not needed where the spec has one for API keys only.
 */
export async function readTerms(
  flags: Flags,
  name: string | undefined,
  cwd: string,
  env: Env = process.env,
): Promise<Terms> {
  // As late as in `generate`: commands that read no spec load nothing heavy.
  const { readApi } = await import("../../generate.js");
  const { api } = await readApi(await specOf(flags, cwd));
  const scheme = schemeOf(api, name);
  const pepper = peppersOf(scheme, env);
  return {
    scheme: scheme.name,
    rules: toTerms(scheme.keys),
    ...(pepper.length === 0 ? {} : { pepper }),
    roles: api.roles.map((role) => role.name),
    scopes: api.schemes.flatMap((one) => (one.kind === "token" ? (one.scopes ?? []) : [])),
  };
}

function schemeOf({ schemes }: Api, name: string | undefined): ApiKeyScheme {
  const all = schemes.filter((one) => one.kind === "apiKey");
  const names = all.map((one) => one.name);
  const [first] = all;
  if (first === undefined)
    throw usageFault(
      "SP086",
      "No operation of the spec asks for an API key.",
      "Describe a security scheme of type: apiKey.",
    );
  if (name === undefined && all.length > 1)
    throw usageFault("SP086", "The spec has several schemes for API keys.", `Say --scheme: ${names.join(" or ")}.`);
  const found = name === undefined ? first : all.find((one) => one.name === name);
  if (found === undefined) throw unknown("SP086", "scheme for API keys", name ?? "", names);
  return found;
}

/** Each of the names, where the spec knows it: a key for a role that nobody asks for opens nothing, and nobody would find out why. */
export function known(what: "role" | "scope", names: readonly string[], defined: readonly string[]): readonly string[] {
  for (const name of names) if (!defined.includes(name)) throw unknown("SP087", what, name, defined);
  return [...new Set(names)].sort();
}

function unknown(code: "SP086" | "SP087", what: string, name: string, defined: readonly string[]) {
  const near = didYouMean(name, defined);
  const list = defined.length === 0 ? `The spec defines no ${what}.` : `Defined: ${[...defined].sort().join(", ")}.`;
  const fix =
    near === undefined ? "Use one that the spec defines, or define it there." : `Did you mean ${JSON.stringify(near)}?`;
  return usageFault(code, `Unknown ${what} ${JSON.stringify(name)}. ${list}`, fix);
}

function toTerms({ prefix, entropyBits, hash, expires, rotation }: KeyRules): KeyTerms {
  return {
    ...(prefix === undefined ? {} : { prefix }),
    entropyBits,
    hash,
    expires,
    // The vocabulary has checked that they are durations.
    ...(rotation === undefined ? {} : { rotation: rotation as NonNullable<KeyTerms["rotation"]> }),
  };
}

function peppersOf({ name, keys }: ApiKeyScheme, env: Env): readonly string[] {
  if (keys.hash === "sha256") return [];
  if (keys.pepper.length === 0) {
    const fix = "Name the variable that holds it: apiKey: {hash: hmac-sha256, pepper: env:NAME}.";
    throw usageFault("SP088", `The spec does not say where the pepper of ${name} comes from.`, fix);
  }
  return keys.pepper.map((one) => {
    const value = one.kind === "env" ? env[one.name] : undefined;
    if (value !== undefined && value !== "") return value;
    const variable = one.kind === "env" ? one.name : "the pepper";
    throw usageFault("SP088", `${variable} is not set in the environment.`, "Set it to what the server has.");
  });
}
