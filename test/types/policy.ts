// Compile-time witness: a policy with a property that this runtime does not know does not compile.
import { operation, publicAccess } from "@sallyport/runtime/policy";

const known = { method: "GET", path: "/", access: publicAccess } as const;

operation(() => ({ ...known, bounds: { body: "1KiB", depth: 4 }, timeout: "30s" }));
// @ts-expect-error nobody enforces it
operation(() => ({ ...known, quarantine: true }));
// @ts-expect-error a duration has a unit
operation(() => ({ ...known, timeout: 30 }));
