/**
 * A wrong order of guards does not compile. tsc reads this file with the rest; an error that is expected and does not come is an
 * error itself.
 */
import { from, type Guard } from "../../runtime/src/server/guard.js";
import { authenticate } from "../../runtime/src/server/guards/authenticate.js";
import { authorize } from "../../runtime/src/server/guards/authorize.js";
import { decode } from "../../runtime/src/server/guards/decode.js";
import { handle } from "../../runtime/src/server/guards/handle.js";
import { idempotency } from "../../runtime/src/server/guards/idempotency.js";
import { lifecycle } from "../../runtime/src/server/guards/lifecycle.js";
import { limitByAddress, limitByCaller, limitByInput } from "../../runtime/src/server/guards/limits.js";
import { object } from "../../runtime/src/server/guards/object.js";
import { urls } from "../../runtime/src/server/guards/urls.js";
import { validate } from "../../runtime/src/server/guards/validate.js";
import { version } from "../../runtime/src/server/guards/version.js";
import { type Identified, type Matched, prove } from "../../runtime/src/server/states.js";

const matched = from<Matched>();
const counted = matched.pass(version).pass(lifecycle).pass(limitByAddress);
const identified = counted.pass(authenticate);
const permitted = identified.pass(limitByCaller).pass(authorize);

// @ts-expect-error authorize needs a principal that nobody has proved.
matched.pass(authorize);
// @ts-expect-error an operation ends in a version that it has.
matched.pass(lifecycle);
// @ts-expect-error addresses are counted before a credential is looked at.
matched.pass(version).pass(lifecycle).pass(authenticate);
// @ts-expect-error a caller is counted when it is known who calls.
counted.pass(limitByCaller);
// @ts-expect-error strangers do not get as far as the decoder.
identified.pass(decode);
// @ts-expect-error nothing is loaded by an id that was not validated.
permitted.pass(decode).pass(object);
// @ts-expect-error nor before the limits of what is asked for.
permitted.pass(decode).pass(validate).pass(object);
// @ts-expect-error no handler without the object guard.
permitted.pass(decode).pass(validate).pass(handle);
// @ts-expect-error and none at the beginning.
matched.pass(handle);

// @ts-expect-error no handler gets a URL that was not looked up.
permitted.pass(decode).pass(validate).pass(limitByInput).pass(object).pass(handle);

permitted.pass(decode).pass(validate).pass(limitByInput).pass(object).pass(urls).pass(idempotency).pass(handle);

/** A guard that claims more than it proves does not compile either. */
export const idle: Guard<Matched, Identified> = {
  name: "idle",
  // @ts-expect-error the call it was given is not yet one of a known caller.
  compile: () => (call) => prove(call, "inService", true),
};
