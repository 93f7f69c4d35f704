import * as z from "zod";
import { namedLimit } from "./limits.js";
import { operation } from "./operation.js";
import { duration, name, roleName } from "./units.js";
import { versioning } from "./versioning.js";

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
