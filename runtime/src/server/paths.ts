import type { Complain } from "../problem/start-error.js";
import type { Contract } from "./contract.js";

/**
 * The contract with operations at the paths that the options give them. A subscriber chooses where it takes webhooks; guards and limits
 * hang on the operation, and move with it.
 */
export function placed(contract: Contract, paths: Readonly<Record<string, string>>, complain: Complain): Contract {
  const operations = { ...contract.operations };
  for (const [id, path] of Object.entries(paths)) {
    const operation = Object.hasOwn(operations, id) ? operations[id] : undefined;
    if (operation === undefined) complain("invalid_option", `paths.${id}: there is no such operation.`);
    else if (operation.policy.path.includes("{"))
      complain("invalid_option", `paths.${id}: its path has parameters, and stays where the spec says.`);
    else if (!/^(?:\/[A-Za-z0-9\-._~!$&'()*+,;=:@]+)+$/.test(path) || /\/\.{1,2}(?:\/|$)/.test(path))
      complain("invalid_option", `paths.${id}: "${path}" is no path: write /hooks/payments.`);
    else operations[id] = { ...operation, policy: { ...operation.policy, path } };
  }
  return { ...contract, operations };
}
