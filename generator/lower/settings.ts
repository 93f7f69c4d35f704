import type { Setting, SettingUse } from "../model/security.js";
import type { SpecValue } from "../model/spec.js";
import { byText, entriesOf, objectOf, textOf } from "./node.js";

/** `env:NAME` is supplied when the server starts; every other text is the value. */
export function settingOf(value: SpecValue | undefined): Setting | undefined {
  const text = textOf(value);
  if (text === undefined) return undefined;
  return text.startsWith("env:") ? { kind: "env", name: text.slice("env:".length) } : { kind: "literal", value: text };
}

/** What one place of the spec says of an environment variable. */
export function useOf(setting: Setting | undefined, description: string, secret = false): readonly SettingUse[] {
  return setting?.kind === "env" ? [{ name: setting.name, description, secret }] : [];
}

/** The root's `secrets`: what the server needs beside the settings of schemes. */
export function secretUses(secrets: SpecValue | undefined): readonly SettingUse[] {
  return entriesOf(secrets).flatMap(([name, said]) => {
    const secret = objectOf(said);
    const variable = textOf(secret?.env);
    const description = textOf(secret?.description) ?? `The secret \`${name}\`.`;
    return variable === undefined ? [] : [{ name: variable, description, secret: true }];
  });
}

/** One entry a variable, sorted; what several places say of it is said together. */
export function mergeUses(uses: readonly SettingUse[]): readonly SettingUse[] {
  const byName = new Map<string, Set<string>>();
  for (const { name, description } of uses) byName.set(name, (byName.get(name) ?? new Set()).add(description));
  const secrets = new Set(uses.filter(({ secret }) => secret).map(({ name }) => name));
  return [...byName]
    .map(([name, descriptions]) => ({
      name,
      description: [...descriptions].sort(byText).join(" "),
      secret: secrets.has(name),
    }))
    .sort((a, b) => byText(a.name, b.name));
}
