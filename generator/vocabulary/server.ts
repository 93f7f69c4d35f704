import * as z from "zod";
import { addresses, date, pins, setting } from "./units.js";

/** What may be said of a server. */
export const server = z
  .strictObject({
    environment: z.string().min(1).optional(),
    tls: z
      .strictObject({
        minVersion: z.enum(["TLSv1.2", "TLSv1.3"]).optional(),
        pins: pins.optional().describe("SPKI pins: the current key, and a backup."),
        pinsExpire: date.optional(),
        onExpire: z.enum(["warn", "fail"]).optional(),
        ca: setting.optional(),
      })
      .optional(),
    trustedProxies: z
      .array(addresses)
      .optional()
      .describe("Proxies before the server, whose word on the caller's address counts."),
    forwarded: z.enum(["x-forwarded-for", "forwarded"]).optional(),
  })
  .describe("How a client reaches this server, and what stands before it.");

/** The annotation of a server. */
export type ServerAnnotation = z.infer<typeof server>;
