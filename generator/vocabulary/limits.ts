import * as z from "zod";
import { count, name, span } from "./units.js";

/** One part of a limit's key. */
export const limitKey = z
  .string()
  .regex(
    /^(ip|principal|client|apiKey|tenant|operation|(header|path|query|const):.+|body:\/.*)$/s,
    "a key part is wanted: ip, principal, client, apiKey, tenant, operation, header:NAME, path:NAME, query:NAME, body:/POINTER or const:TEXT",
  );

const planOf = z
  .string()
  .regex(/^(claim:.+|principal\.plan)$/s, "claim:NAME, claim:/POINTER or principal.plan is wanted");

const tier = z.strictObject({ limit: count, burst: count.optional() });

const rule = {
  limit: count.describe("Requests in a window."),
  window: span,
  key: z.array(limitKey).min(1, "a key is wanted, like [ip]").describe("What one counter is kept for."),
  algorithm: z.enum(["gcra", "fixed", "sliding", "tokenBucket"]).optional(),
  burst: count.optional().describe("Requests that may come at once. Default: limit."),
  unit: z.enum(["requests", "content-bytes", "concurrent-requests"]).optional(),
  count: z.enum(["requests", "failures"]).optional(),
  lockout: z.strictObject({ after: count, for: span }).optional(),
  tiers: z.object({ by: planOf }).catchall(tier).optional(),
  exempt: z.array(name).optional(),
  onStoreError: z.enum(["local", "deny", "allow"]).optional(),
  headers: z.enum(["draft", "legacy", "both", "none"]).optional(),
};

/** A named limit of the root: its name is one shared counter. */
export const namedLimit = z.strictObject(rule).describe("A rate limit. Its name is one shared counter.");

/** A limit written where it is used. */
export const inlineLimit = z.strictObject({ name, ...rule }).describe("A rate limit, written where it is used.");
