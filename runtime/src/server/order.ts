import { from, type Guard } from "./guard.js";
import { authenticate } from "./guards/authenticate.js";
import { authorize } from "./guards/authorize.js";
import { cookies } from "./guards/cookies.js";
import { csrf } from "./guards/csrf.js";
import { decode } from "./guards/decode.js";
import { handle } from "./guards/handle.js";
import { idempotency, unlessReplayed } from "./guards/idempotency.js";
import { items } from "./guards/items.js";
import { label } from "./guards/label.js";
import { lifecycle } from "./guards/lifecycle.js";
import { limitByAddress, limitByCaller, limitByInput } from "./guards/limits.js";
import { negotiate } from "./guards/negotiate.js";
import { object } from "./guards/object.js";
import { project } from "./guards/project.js";
import { read as readProperties } from "./guards/read.js";
import { stepUp } from "./guards/step-up.js";
import { transport } from "./guards/transport.js";
import { unflatten } from "./guards/unflatten.js";
import { urls } from "./guards/urls.js";
import { validate } from "./guards/validate.js";
import { version } from "./guards/version.js";
import { write as writeProperties } from "./guards/write.js";
import type { Decoded, Matched, Permitted } from "./states.js";

/**
 * The guards between a call whose operation is known (`guards/route.ts`) and its answer, in order, once. Permission comes before
 * validation, so that strangers can neither probe schemas nor spend our time. A wrong order does not compile: each guard asks for
 * what the ones before it have proved (test/types/order.ts).
 */
const guards = (read: Guard<Permitted, Decoded>, wish: Guard<Permitted, Permitted>) =>
  from<Matched>()
    .pass(transport)
    .pass(version)
    .pass(lifecycle)
    .pass(limitByAddress)
    .pass(authenticate)
    .pass(csrf)
    .pass(limitByCaller)
    .pass(authorize)
    .pass(stepUp)
    .pass(wish)
    .pass(read)
    .pass(validate)
    .pass(limitByInput)
    .pass(object)
    .pass(writeProperties)
    .pass(urls)
    .pass(idempotency)
    .pass(unlessReplayed(handle))
    .pass(unlessReplayed(items))
    .pass(unlessReplayed(project))
    .pass(unlessReplayed(readProperties))
    .pass(unlessReplayed(cookies))
    .pass(unlessReplayed(label));

/** For requests that come over HTTP. */
export const httpOrder = guards(decode, negotiate);

/** tRPC answers in one form. */
const noWish: Guard<Permitted, Permitted> = { name: "negotiate", compile: () => undefined };

/** For calls whose input is decoded already, as tRPC's is. There is no second policy: only the reading differs. */
export const flatOrder = guards(unflatten, noWish);
