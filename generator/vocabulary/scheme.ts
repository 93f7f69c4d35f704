import * as z from "zod";
import { algorithm, date, duration, pointer, setting, span, urlSetting } from "./units.js";

const jwt = z.strictObject({
  issuer: urlSetting.optional(),
  jwksUri: urlSetting.optional(),
  audience: z.array(setting).min(1).optional(),
  algorithms: z.array(algorithm).min(1).optional(),
  symmetric: z.boolean().optional(),
  typ: z.enum(["at+jwt", "ifPresent", "off"]).optional(),
  clockSkew: duration.optional(),
  maxAge: duration.optional(),
  revocation: z.enum(["none", "introspect", "denylist"]).optional(),
});

// A value would be a secret in the spec.
const pepper = z.string().regex(/^env:[A-Za-z_]\w*$/, "env:NAME is wanted: a pepper is never written down here");

const apiKey = z.strictObject({
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}$/, "letters, digits, _ and - are wanted")
    .optional(),
  entropyBits: z
    .int("a whole number is wanted")
    .min(128, "128 or more is wanted: fewer random bits can be guessed")
    .max(512, "512 or less is wanted")
    .optional(),
  hash: z.enum(["sha256", "hmac-sha256"]).optional(),
  pepper: z
    .union([pepper, z.array(pepper).min(1)])
    .optional()
    .describe("Where the pepper of hmac-sha256 comes from. Of a list, new keys get the first."),
  expires: z.enum(["required", "optional"]).optional(),
  rotation: z.strictObject({ maxAge: span, overlap: duration.optional() }).optional(),
});

const principal = z.strictObject({
  id: z.array(z.string()).min(1).optional(),
  tenant: z.string().optional(),
  plan: z.string().optional(),
  roles: z.strictObject({ claim: pointer, map: z.record(z.string(), z.string()).optional() }).optional(),
});

/** What may be said of a security scheme. */
export const scheme = z
  .strictObject({
    jwt: jwt.optional().describe("What a JSON Web Token must hold (RFC 9068, RFC 8725)."),
    introspection: z.strictObject({ endpoint: urlSetting, cacheTtl: duration.optional() }).optional(),
    binding: z.enum(["none", "dpop", "mtls"]).optional(),
    dpop: z.strictObject({ maxAge: duration.optional(), nonce: z.enum(["off", "required"]).optional() }).optional(),
    apiKey: apiKey.optional(),
    principal: principal.optional().describe("How the caller is read from the claims."),
    cookie: z
      .strictObject({
        hostPrefix: z.boolean().optional(),
        sameSite: z.enum(["lax", "strict", "none"]).optional(),
        csrf: z.enum(["origin", "header", "doubleSubmit"]).optional(),
      })
      .optional(),
    acceptDeprecated: z.strictObject({ until: date }).optional(),
    sensitivity: z
      .enum(["public", "internal", "pii", "secret"])
      .optional()
      .describe("What the ids of its callers are: pii and secret are never in a log or an audit line as they are."),
    mask: z.enum(["last4", "hash", "drop", "full"]).optional().describe("How the ids are shown there."),
  })
  .describe("How credentials of this scheme are verified.");

/** The annotation of a security scheme. */
export type SchemeAnnotation = z.infer<typeof scheme>;
