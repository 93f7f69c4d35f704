import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec } from "../model/spec.js";
import { aliasFaults } from "./aliases.js";
import { annotationFaults } from "./annotations.js";
import { referenceFaults } from "./references.js";

/** What is generated: some complaints are about servers only. */
export interface RuleOptions {
  readonly only?: readonly string[];
}

/** A family of rules. It never throws, whatever the nodes are. */
type Rule = (spec: Spec, options: RuleOptions) => readonly Diagnostic[];

const rules: readonly Rule[] = [annotationFaults, referenceFaults, aliasFaults];

/** Every complaint about a spec, in one pass. */
export function runRules(spec: Spec, options: RuleOptions = {}): readonly Diagnostic[] {
  return rules.flatMap((rule) => rule(spec, options));
}
