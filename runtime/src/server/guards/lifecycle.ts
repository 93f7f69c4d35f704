import { gone } from "../../problem/refusals.js";
import type { Guard } from "../guard.js";
import { type InService, prove, type Versioned } from "../states.js";

/** After its sunset an operation answers 410 (RFC 8594), unless the spec keeps serving it. */
export const lifecycle: Guard<Versioned, InService> = {
  name: "lifecycle",
  compile: ({ policy }) => {
    const life = policy.lifecycle;
    if (life?.sunset === undefined || life.afterSunset === "serve") return undefined;
    const end = Date.parse(life.sunset);
    return (call) => (call.at < end ? prove(call, "inService", true) : gone());
  },
};
