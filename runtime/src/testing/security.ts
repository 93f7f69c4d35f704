/// <reference types="node" />
/** Tests of a running server against the matrix of who may call what. Generated `security.test.ts` calls `testSecurity`. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { securityChecks } from "./checks.js";
import type { SecurityMatrix, SecuritySetup } from "./matrix.js";

export { type Check, securityChecks } from "./checks.js";
export type { Headers, ObjectCase, OperationCase, SchemeCase, SecurityMatrix, SecuritySetup } from "./matrix.js";

/** Makes a test of `node:test` of every check. */
export function testSecurity(matrix: SecurityMatrix, setup: SecuritySetup): void {
  for (const { name, skip, run } of securityChecks(matrix, setup)) {
    test(name, { skip: skip ?? false }, async () => assert.equal(await run(), undefined));
  }
  if (setup.close !== undefined) after(setup.close);
}
