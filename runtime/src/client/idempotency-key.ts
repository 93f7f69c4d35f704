import { sfString } from "../http/headers.js";
import type { Writer } from "./contract.js";
import { Failure } from "./failure.js";
import { lowerCased } from "./lower-cased.js";

/**
 * Gives a call its key (draft-ietf-httpapi-idempotency-key-header): one of the caller's own, else a fresh one. It is a part of the request,
 * so that every repeat of the call has the same. Where the key is a parameter of the operation, or a header that the caller set, that is it.
 * @throws Failure `invalid_input` for a key that no header field can hold.
 */
export const idempotencyKey: Writer = ({ operation: { policy }, options }) => {
  const name = policy.idempotency?.header.toLowerCase();
  if (name === undefined || name in lowerCased(options.headers ?? {})) return {};
  const key = options.idempotencyKey ?? crypto.randomUUID();
  if (!/^[\x20-\x7e]{1,255}$/.test(key))
    throw new Failure("invalid_input", "An idempotency key has 1 to 255 characters of ASCII");
  return { headers: { [name]: sfString(key) } };
};
