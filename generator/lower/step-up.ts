import type { StepUp } from "../model/security.js";
import type { SpecValue } from "../model/spec.js";
import { objectOf, textOf, textsOf } from "./node.js";

/** How the user must have signed in. The order of `acr` is kept: it is one of preference (RFC 9470, 3). */
export function lowerStepUp(said: SpecValue | undefined): StepUp | undefined {
  const rule = objectOf(said);
  const acr = textsOf(rule?.acr);
  const maxAge = textOf(rule?.maxAge);
  if (acr.length === 0 && maxAge === undefined) return undefined;
  return { acr: acr.length === 0 ? undefined : acr, maxAge };
}
