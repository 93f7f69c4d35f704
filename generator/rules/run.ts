import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec } from "../model/spec.js";
import { aliasFaults } from "./aliases.js";
import { annotationFaults } from "./annotations.js";
import { anonymousFaults } from "./anonymous.js";
import { bodyFaults } from "./bodies.js";
import { callbackFaults } from "./callbacks.js";
import { corsFaults } from "./cors.js";
import { idempotencyFaults } from "./idempotency.js";
import { idleFaults } from "./idle.js";
import { keyFaults } from "./keys.js";
import { lifecycleFaults } from "./lifecycle.js";
import { limitKeyFaults } from "./limit-keys.js";
import { limitFaults } from "./limits.js";
import { nameFaults } from "./names.js";
import { openapiFaults } from "./openapi.js";
import type { RuleOptions } from "./options.js";
import { parameterFaults } from "./parameters.js";
import { pointerFaults } from "./pointers.js";
import { referenceFaults } from "./references.js";
import { schemeFaults } from "./schemes.js";
import { secretFaults } from "./secrets.js";
import { securityFaults } from "./security.js";
import { serverFaults } from "./servers.js";
import { stepUpFaults } from "./step-up.js";
import { tagFaults } from "./tags.js";
import { urlFaults } from "./urls.js";
import { versioningFaults } from "./versioning.js";

/** A family of rules. It never throws, whatever the nodes are. */
type Rule = (spec: Spec, options: RuleOptions) => readonly Diagnostic[];

const rules: readonly Rule[] = [
  openapiFaults,
  parameterFaults,
  nameFaults,
  bodyFaults,
  callbackFaults,
  securityFaults,
  secretFaults,
  serverFaults,
  tagFaults,
  anonymousFaults,
  stepUpFaults,
  schemeFaults,
  keyFaults,
  annotationFaults,
  referenceFaults,
  pointerFaults,
  limitFaults,
  limitKeyFaults,
  idempotencyFaults,
  lifecycleFaults,
  versioningFaults,
  corsFaults,
  aliasFaults,
  urlFaults,
  idleFaults,
];

/** Every complaint about a spec, in one pass, in the order of the files. */
export function runRules(spec: Spec, options: RuleOptions = {}): readonly Diagnostic[] {
  return inOrder(rules.flatMap((rule) => rule(spec, options)));
}

function inOrder(complaints: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...complaints].sort(({ at: a }, { at: b }) => {
    if (a === undefined || b === undefined) return Number(b === undefined) - Number(a === undefined);
    if (a.file !== b.file) return a.file < b.file ? -1 : 1;
    return a.line - b.line || a.column - b.column;
  });
}
