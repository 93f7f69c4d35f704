import type { Diagnostic } from "../code/diagnostic.js";
import { looksRandom, secretIn } from "../code/secret-shapes.js";
import type { Spec, SpecObject, SpecValue } from "../model/spec.js";
import { error, warning } from "./complaint.js";

/** Secrets that stand in a description: whoever may read it, or what is generated from it, has them. */
export function secretFaults(spec: Spec): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const seen = new Set<object>();
  const open: Spot[] = [{ holder: spec.root, name: "", shown: false }];
  for (let spot = open.pop(); spot !== undefined; spot = open.pop()) {
    const { holder, name, shown } = spot;
    if (seen.has(holder)) continue;
    seen.add(holder);
    for (const [key, value] of Object.entries(holder) as readonly (readonly [string, SpecValue | undefined])[]) {
      const inner = { name: nameOf(holder, key, name), shown: shown || isPayload(key) };
      if (typeof value === "string") found.push(...faultsOf(spec, holder, key, value, inner));
      else if (typeof value === "object" && value !== null) open.push({ holder: value, ...inner });
    }
  }
  return found;
}

interface Spot {
  readonly holder: SpecObject | readonly SpecValue[];
  /** What the value is called by the nearest name that is its own, and no word of OpenAPI. */
  readonly name: string;
  /** Whether it is an example: shown to readers, and in no emitted file. */
  readonly shown: boolean;
}

const words = new Set(["example", "examples", "default", "const", "enum", "value", "schema", "items", "0"]);

function nameOf(holder: Spot["holder"], key: string, name: string): string {
  if (!words.has(key) && !/^\d+$/.test(key)) return key;
  // A parameter and a header are called by their `name`.
  const own = Array.isArray(holder) ? undefined : (holder as SpecObject).name;
  return typeof own === "string" ? own : name;
}

function isPayload(key: string): boolean {
  return key === "example" || key === "examples" || key.startsWith("x-");
}

function faultsOf(
  spec: Spec,
  holder: Spot["holder"],
  key: string,
  value: string,
  { name, shown }: Omit<Spot, "holder">,
): readonly Diagnostic[] {
  const at = () => spec.at(holder, key);
  if (/url$/i.test(key) && /^https?:\/\/[^/?#]*@/i.test(value)) {
    // RFC 9110, 4.2.4: userinfo in an http(s) URL is an error. Elsewhere, as in ssh://git@…, it says who connects.
    return [
      (shown ? warning : error)(
        "SP231",
        `${key} holds a user name or password`,
        "Take out what stands before the @.",
        at(),
      ),
    ];
  }
  const look = secretIn(value);
  const fix = "Put a made-up value in its place, and replace the secret where it is used: it is known now.";
  if (look !== undefined) {
    const complain = look.certain && !shown ? error : warning;
    return [complain("SP230", `This looks like ${look.what}`, fix, at())];
  }
  if (!looksRandom(name, value) || /^(description|summary|title|operationId|\$ref)$/.test(key)) return [];
  return [warning("SP230", `The value of ${JSON.stringify(name)} looks like a secret`, fix, at())];
}
