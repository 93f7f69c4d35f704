import type { Lifecycle } from "../model/security.js";
import type { SpecObject, SpecValue } from "../model/spec.js";
import { complain, type Lowering } from "./lowering.js";
import { objectOf, textOf } from "./node.js";

/** `undefined` where the annotation says nothing about an end: `since` and `stability` change no response. */
export function lowerLifecycle(
  run: Lowering,
  operation: SpecObject,
  said: SpecValue | undefined,
): Lifecycle | undefined {
  const node = objectOf(said);
  const deprecatedAt = instantAt(run, operation, node, "deprecatedAt");
  const sunset = instantAt(run, operation, node, "sunset");
  if (deprecatedAt === undefined) {
    if (sunset !== undefined) {
      complain(run, operation, undefined, {
        code: "SP392",
        message: "The operation has a sunset, and no date from which it is deprecated.",
        fix: "Add lifecycle.deprecatedAt.",
      });
    }
    return undefined;
  }
  return {
    deprecatedAt,
    sunset,
    successor: textOf(node?.successor),
    docs: textOf(node?.docs),
    afterSunset: node?.afterSunset === "serve" ? "serve" : "gone",
  };
}

function instantAt(
  run: Lowering,
  operation: SpecObject,
  node: SpecObject | undefined,
  key: string,
): string | undefined {
  const text = textOf(node?.[key]);
  if (text === undefined) return undefined;
  const instant = instantOf(text);
  if (instant === undefined) {
    complain(run, operation, undefined, {
      code: "SP393",
      message: `${JSON.stringify(text)} is not a date.`,
      fix: "Write a date or an instant of RFC 3339: 2027-06-01, or 2027-06-01T12:00:00Z.",
    });
  }
  return instant;
}

const date = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?$/i;

/** An instant of RFC 3339 in UTC, to the second. A date alone begins at midnight UTC. `undefined` where there is no such day. */
export function instantOf(text: string): string | undefined {
  if (!date.test(text)) return undefined;
  const [day = ""] = text.split(/T/i);
  const midnight = new Date(`${day}T00:00:00Z`);
  // Date rolls 31 February over into March.
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== day) return undefined;
  const instant = new Date(text.length === day.length ? midnight : text.toUpperCase());
  return Number.isNaN(instant.getTime()) ? undefined : instant.toISOString().replace(/\.\d{3}Z$/, "Z");
}
