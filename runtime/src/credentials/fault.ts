import { Refusal } from "../problem/refusal.js";

/** A credential came, and it does not count. The words are the same whatever was wrong: the reason goes to the log. */
export function badCredential(cause: string): Refusal {
  return new Refusal("unauthenticated", { status: 401, title: "The credential is not valid", cause });
}

/**
 * A token came, and it does not count (RFC 6750, 3.1).
 * @param detail said to the caller, and only where it helps to get a better token.
 * @param challenge auth-params of the challenge, where `error` is another than `invalid_token` (RFC 9449, 7.1).
 */
export function badToken(cause: unknown, detail?: string, challenge?: Readonly<Record<string, string>>): Refusal {
  return new Refusal("invalid_token", {
    status: 401,
    title: "The access token is not valid",
    cause,
    ...(detail === undefined ? {} : { detail }),
    ...(challenge === undefined ? {} : { challenge }),
  });
}
