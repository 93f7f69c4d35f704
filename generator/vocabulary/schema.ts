import * as z from "zod";
import { roleExpression } from "./operation.js";

/** What may be said of a parameter, a schema or a property. */
export const schema = z
  .strictObject({
    sensitivity: z
      .enum(["public", "internal", "pii", "secret"])
      .optional()
      .describe("pii and secret never reach a log unmasked."),
    mask: z.enum(["last4", "hash", "drop", "full"]).optional(),
    read: roleExpression.optional(),
    write: roleExpression.optional(),
    immutable: z.boolean().optional(),
    onWrite: z.enum(["reject", "ignore"]).optional(),
    url: z
      .strictObject({
        schemes: z.array(z.string()).optional(),
        hosts: z.array(z.string()).optional(),
        private: z.enum(["deny", "allow"]).optional(),
      })
      .optional(),
  })
  .describe("How a value is treated.");

/** The annotation of a parameter, a schema or a property. */
export type SchemaAnnotation = z.infer<typeof schema>;
