import { StartError } from "../problem/start-error.js";

/** A verifier was bound to a scheme of another kind. */
export function wrongScheme(name: string, verifier: string, kind: string): StartError {
  return new StartError([
    { code: "wrong_verifier", message: `schemes.${name}: ${verifier}() does not verify a scheme of kind "${kind}".` },
  ]);
}
