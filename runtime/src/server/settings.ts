import { StartError } from "../problem/start-error.js";
import { Secret } from "../secrets/secret.js";
import { textOf } from "../secrets/supplied.js";
import type { EnvSource } from "./contract.js";

/**
 * Reads settings from the environment.
 * @param secrets names whose values are not to be printed: they are read as a `Secret`.
 * @throws StartError naming every setting that is missing or empty. It never shows a value.
 */
export function readSettings<const Name extends string>(
  source: EnvSource,
  names: readonly Name[],
): Readonly<Record<Name, string>>;
/** The same, where some of them are secrets. */
export function readSettings<const Name extends string, const SecretName extends string>(
  source: EnvSource,
  names: readonly Name[],
  secrets: readonly SecretName[],
): Readonly<Record<Name, string>> & Readonly<Record<SecretName, Secret>>;
/** What both come down to. */
export function readSettings(
  source: EnvSource,
  names: readonly string[],
  secrets: readonly string[] = [],
): Readonly<Record<string, string | Secret>> {
  const missing = [...names, ...secrets].filter((name) => settingOf(source, name) === undefined);
  if (missing.length > 0) {
    throw new StartError(
      missing.sort().map((name) => ({ code: "missing_setting", message: `${name} is not set in the environment.` })),
    );
  }
  return Object.fromEntries([
    ...names.map((name) => [name, textOf(settingOf(source, name) ?? "")] as const),
    ...secrets.map((name) => [name, secretOf(settingOf(source, name) ?? "")] as const),
  ]);
}

/** One that comes as a secret follows its source: it is handed on as it is. */
function secretOf(value: string | Secret): Secret {
  return typeof value === "string" ? new Secret(value) : value;
}

function settingOf(source: EnvSource, name: string): string | Secret | undefined {
  const value = Object.hasOwn(source, name) ? source[name] : undefined;
  return value === undefined || textOf(value).trim() === "" ? undefined : value;
}
