import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec } from "../model/spec.js";
import { aliasFaults } from "./aliases.js";
import { annotationFaults } from "./annotations.js";
import { anonymousFaults } from "./anonymous.js";
import { bodyFaults } from "./bodies.js";
import { nameFaults } from "./names.js";
import { openapiFaults } from "./openapi.js";
import type { RuleOptions } from "./options.js";
import { referenceFaults } from "./references.js";
import { schemeFaults } from "./schemes.js";
import { securityFaults } from "./security.js";

/** A family of rules. It never throws, whatever the nodes are. */
type Rule = (spec: Spec, options: RuleOptions) => readonly Diagnostic[];

const rules: readonly Rule[] = [
  openapiFaults,
  nameFaults,
  bodyFaults,
  securityFaults,
  anonymousFaults,
  schemeFaults,
  annotationFaults,
  referenceFaults,
  aliasFaults,
];

/** Every complaint about a spec, in one pass. */
export function runRules(spec: Spec, options: RuleOptions = {}): readonly Diagnostic[] {
  return rules.flatMap((rule) => rule(spec, options));
}
