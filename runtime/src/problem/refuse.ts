import { Refusal, type RefusalCode, type RefusalFacts } from "./refusal.js";

/** What a handler says about its refusal. `title` is a short, stable name of the problem; `detail` is about this call. */
export type RefuseFacts = Partial<Omit<RefusalFacts, "status">> & { readonly code?: RefusalCode };

/**
 * Refuses a call from inside a handler: `throw refuse(409, { title: "Account is closed" })` becomes a problem document.
 * @param status 400 to 599.
 * @throws RangeError for any other status, because a refusal that looks like success would be taken for one; and for headers that
 *   could not be sent as one line each (RFC 9110, 5.5).
 */
export function refuse(status: number, facts: RefuseFacts = {}): Refusal {
  if (!Number.isInteger(status) || status < 400 || status > 599)
    throw new RangeError(`${status} is not an error status`);
  if (facts.headers?.some((text) => /[\r\n\0]/.test(text))) throw new RangeError("A header holds a line break or NUL");
  const { code = "handler_problem", title = "The request was refused", ...rest } = facts;
  return new Refusal(code, { ...rest, status, title });
}
