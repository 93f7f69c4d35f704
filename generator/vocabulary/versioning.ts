import * as z from "zod";
import { date, versionName } from "./units.js";

const life = z.strictObject({
  deprecatedAt: date.optional(),
  sunset: date.optional(),
  docs: z
    .string()
    .regex(/^https?:\/\/[^\s<>]+$/, "a URL is wanted")
    .optional(),
});

/** How a request says which version of the API it is for, and which there are. */
export const versioning = z
  .strictObject({
    strategy: z.enum(["path", "header", "mediaType", "query"]),
    header: z
      .string()
      .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "a name of a header is wanted")
      .optional(),
    query: z
      .string()
      .regex(/^[A-Za-z0-9._~-]+$/, "a name of a query parameter is wanted: letters, digits, . _ ~ or -")
      .optional(),
    current: versionName,
    missing: z.enum(["current", "reject"]).optional(),
    supported: z.record(versionName, life).optional(),
  })
  .superRefine((said, context) => {
    for (const key of ["header", "query"] as const) {
      if (said[key] === undefined || said.strategy === key) continue;
      const message = `strategy: ${said.strategy} reads no ${key}`;
      context.addIssue({ code: "custom", path: [key], message });
    }
  })
  .meta({
    allOf: ["header", "query"].map((key) => ({
      anyOf: [{ not: { required: [key] } }, { properties: { strategy: { const: key } } }],
    })),
  })
  .describe("How a request says which version it is for, and which versions there are.");
