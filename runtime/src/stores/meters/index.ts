import type { LimitAlgorithm } from "../limits.js";
import { fixed } from "./fixed.js";
import { gcra } from "./gcra.js";
import { lockout } from "./lockout.js";
import type { Meter } from "./meter.js";
import { sliding } from "./sliding.js";
import { slots } from "./slots.js";

/** Every way to count. The script for Redis (`redis-limits.lua.ts`) counts in the same ways, and a test compares the two. */
export const meters: Readonly<Record<LimitAlgorithm, Meter>> = { gcra, fixed, sliding, lockout, slots };
