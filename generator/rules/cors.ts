import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec, SpecObject, SpecValue } from "../model/spec.js";
import { annotationOf } from "./annotations.js";
import { error, warning } from "./complaint.js";
import { isObject } from "./places.js";

/** CORS policies that no browser honours as they seem to mean, or that let in whom nobody meant (R48). */
export function corsFaults(spec: Spec): readonly Diagnostic[] {
  const policies = annotationOf(spec.root)?.cors;
  if (!isObject(policies)) return [];
  return Object.values(policies)
    .filter(isObject)
    .flatMap((policy) => {
      const { origins } = policy;
      if (!Array.isArray(origins)) return [];
      return origins.flatMap((origin: SpecValue, index) => originFaults(spec, policy, origins, origin, index));
    });
}

function originFaults(
  spec: Spec,
  policy: SpecObject,
  origins: readonly SpecValue[],
  origin: SpecValue,
  index: number,
): readonly Diagnostic[] {
  if (typeof origin !== "string") return [];
  const at = spec.at(origins, index);
  if (origin === "*") return anyOriginFaults(policy, origins).map(([message, fix]) => error("SP331", message, fix, at));
  const serialised = serialisedOrigin(origin);
  if (serialised !== origin) {
    const fix =
      serialised === undefined
        ? "Write scheme and host, like https://app.example.com."
        : `Browsers send ${JSON.stringify(serialised)}: write that.`;
    return [error("SP332", `${JSON.stringify(origin)} is no origin that a browser sends`, fix, at)];
  }
  if (!origin.startsWith("http:") || isLoopback(origin)) return [];
  const fix = "Write https: whoever is on the way can put their own script into a page of http.";
  return [warning("SP333", `${JSON.stringify(origin)} is an origin without TLS`, fix, at)];
}

function anyOriginFaults(policy: SpecObject, origins: readonly SpecValue[]): readonly (readonly [string, string])[] {
  if (policy.credentials === true)
    return [
      ["Every origin, with credentials: any page could act as its visitor", "List the origins, or drop credentials."],
    ];
  return origins.length > 1 ? [['"*" stands beside other origins', "Write it alone, or drop it."]] : [];
}

/** As browsers serialise it (HTML Standard, 7.1.1): scheme, host in ASCII and lower case, and no port that is the default. */
function serialisedOrigin(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { origin, protocol } = new URL(text);
  // Pages without an origin say "null": so does every sandboxed frame, whoever wrote it.
  return (protocol === "https:" || protocol === "http:") && origin !== "null" ? origin : undefined;
}

function isLoopback(origin: string): boolean {
  return /^http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(origin);
}
