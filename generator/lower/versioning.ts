import type { SpecValue } from "../model/spec.js";
import type { Version, Versioning } from "../model/versioning.js";
import { instantOf } from "./lifecycle.js";
import { entriesOf, objectOf, textOf } from "./node.js";
import { byAge } from "./version-order.js";

/** `undefined` where requests name no version. What does not fit together has been complained of (rules/versioning.ts). */
export function lowerVersioning(said: SpecValue | undefined): Versioning | undefined {
  const node = objectOf(said);
  const current = textOf(node?.current);
  if (node === undefined || current === undefined) return undefined;
  const strategy = textOf(node.strategy) as Versioning["strategy"];
  return {
    strategy,
    name: nameOf(strategy, textOf(node.header), textOf(node.query)),
    current,
    missing: lowerMissing(strategy, textOf(node.missing)),
    supported: versionsOf(node.supported, current),
  };
}

function nameOf(strategy: Versioning["strategy"], header?: string, query?: string): string | undefined {
  if (strategy === "header") return header ?? "API-Version";
  return strategy === "query" ? (query ?? "version") : undefined;
}

/** A path without a version is another path: whoever wants it served says so. */
function lowerMissing(strategy: Versioning["strategy"], said: string | undefined): Versioning["missing"] {
  return (said ?? (strategy === "path" ? "reject" : "current")) === "current" ? "current" : "reject";
}

function versionsOf(said: SpecValue | undefined, current: string): readonly Version[] {
  const versions = entriesOf(said).map(([name, value]) => {
    const life = objectOf(value);
    return { name, deprecatedAt: dateOf(life?.deprecatedAt), sunset: dateOf(life?.sunset), docs: textOf(life?.docs) };
  });
  const alone = { name: current, deprecatedAt: undefined, sunset: undefined, docs: undefined };
  return versions.length === 0 ? [alone] : versions.sort((a, b) => byAge(a.name, b.name));
}

function dateOf(said: SpecValue | undefined): string | undefined {
  const text = textOf(said);
  return text === undefined ? undefined : instantOf(text);
}

/** The oldest version that has an operation. That every one has it is not said. */
export function lowerSince(versioning: Versioning | undefined, lifecycle: SpecValue | undefined): string | undefined {
  const since = textOf(objectOf(lifecycle)?.since);
  return versioning === undefined || since === versioning.supported[0]?.name ? undefined : since;
}
