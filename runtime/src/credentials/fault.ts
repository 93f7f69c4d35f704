import { Refusal } from "../problem/refusal.js";

/** A credential came, and it does not count. The words are the same whatever was wrong: the reason goes to the log. */
export function badCredential(cause: string): Refusal {
  return new Refusal("unauthenticated", { status: 401, title: "The credential is not valid", cause });
}

/**
 * A token came, and it does not count (RFC 6750, 3.1).
 * @param detail said to the caller, and only where it helps to get a better token.
 */
export function badToken(cause: unknown, detail?: string): Refusal {
  return new Refusal("invalid_token", {
    status: 401,
    title: "The access token is not valid",
    cause,
    ...(detail === undefined ? {} : { detail }),
  });
}
