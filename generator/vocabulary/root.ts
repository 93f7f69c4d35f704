import * as z from "zod";
import { namedLimit } from "./limits.js";
import { operation } from "./operation.js";
import { date, duration, name, roleName } from "./units.js";

const role = z.strictObject({
  inherits: z.array(name).optional(),
  scopes: z.array(z.string()).optional(),
  description: z.string().optional(),
});

const cors = z.strictObject({
  origins: z.array(z.string()).min(1),
  credentials: z.boolean().optional(),
  maxAge: duration.optional(),
});

const versioning = z.strictObject({
  strategy: z.enum(["path", "header", "mediaType", "query"]),
  header: z.string().optional(),
  query: z.string().optional(),
  current: z.string(),
  missing: z.enum(["current", "reject"]).optional(),
  supported: z
    .record(z.string(), z.strictObject({ deprecatedAt: date.optional(), sunset: date.optional() }))
    .optional(),
});

/** What may be said of the whole API. */
export const root = z
  .strictObject({
    vocabulary: z.literal(1, "vocabulary: 1 is the one that is read").describe("The version of this vocabulary."),
    roles: z.record(roleName, role).optional().describe("Roles, and which roles they inherit."),
    rateLimits: z.record(name, namedLimit).optional().describe("Rate limits by name."),
    cors: z.record(name, cors).optional().describe("Which pages of other origins may call, by name."),
    versioning: versioning.optional(),
    secrets: z
      .record(
        name,
        z.strictObject({
          env: z.string().regex(/^[A-Za-z_]\w*$/, "a name of an environment variable is wanted"),
          description: z.string().optional(),
        }),
      )
      .optional()
      .describe("What the server needs at run time; never a value."),
    defaults: operation.optional().describe("What holds for every operation that does not say otherwise."),
    aliases: z.record(z.string(), z.enum(["anyOf", "allOf"])).optional(),
  })
  .describe("What holds for the whole API.");

/** The annotation of the root. */
export type RootAnnotation = z.infer<typeof root>;
