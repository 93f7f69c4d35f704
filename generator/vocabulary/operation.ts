import * as z from "zod";
import { inlineLimit, limitKey } from "./limits.js";
import { count, date, duration, name, parameter, pointer, size, span } from "./units.js";

/** Which roles a caller must hold. */
export type AuthzExpression =
  | string
  | { readonly anyOf: readonly AuthzExpression[] }
  | { readonly allOf: readonly AuthzExpression[] };

/** A role, or an expression of roles. */
export const roleExpression: z.ZodType<AuthzExpression> = z
  .lazy(() =>
    z.union(
      [
        name,
        z.strictObject({ anyOf: z.array(roleExpression).min(1) }),
        z.strictObject({ allOf: z.array(roleExpression) }),
      ],
      {
        error: "a role, {anyOf: [...]} or {allOf: [...]} is wanted",
      },
    ),
  )
  .meta({ id: "roleExpression" });

const bounds = z.strictObject({
  body: size.optional(),
  url: size.optional(),
  headers: size.optional(),
  depth: count.optional(),
  keys: count.optional(),
  items: count.optional(),
  parts: count.optional(),
  file: size.optional(),
  inflateRatio: count.optional(),
  readTimeout: span.optional(),
  timeout: span.optional(),
});

const audit = z.strictObject({
  event: z.string().min(1).optional(),
  level: z.enum(["none", "access", "write"]).optional(),
  subject: parameter.optional(),
  fields: z.array(pointer).optional(),
});

const retries = z.strictObject({
  maxAttempts: count.optional(),
  base: duration.optional(),
  cap: duration.optional(),
  jitter: z.literal("full").optional(),
  maxElapsed: duration.optional(),
  statuses: z.array(z.int().min(400).max(599)).optional(),
  network: z.boolean().optional(),
  when: z.enum(["idempotent", "always", "never"]).optional(),
  retryAfterMax: duration.optional(),
});

const object = z.union(
  [
    z.literal("public"),
    z
      .strictObject({
        type: name,
        id: z
          .string()
          .regex(
            /^((path|query|header):.+|body:\/.+)$/s,
            "path:NAME, query:NAME, header:NAME or body:/POINTER is wanted",
          )
          .optional(),
        rule: z
          .string()
          .regex(/^(owner|tenant|custom:.+)$/s, "owner, tenant or custom:NAME is wanted")
          .optional(),
        owner: z
          .strictObject({
            field: z.string().min(1),
            equals: z
              .string()
              .regex(/^principal\.(id|subject|tenant|client)$/, "principal.id, .subject, .tenant or .client is wanted")
              .optional(),
          })
          .optional(),
        unless: z.array(name).optional(),
        deny: z.union([z.literal(403), z.literal(404)]).optional(),
        list: z.enum(["filter", "assert"]).optional(),
        items: pointer.optional(),
      })
      .superRefine((said, context) => {
        const refuse = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
        if ((said.id === undefined) === (said.list === undefined))
          refuse([], "either id (what the call is about) or list (what it answers) is wanted");
        if (said.list !== undefined && said.deny !== undefined) refuse(["deny"], "a list has nothing to deny");
        if (said.list === undefined && said.items !== undefined) refuse(["items"], "items is for list only");
      })
      .meta({ oneOf: [{ required: ["id"] }, { required: ["list"], not: { required: ["deny"] } }] }),
  ],
  { error: "public, or {type, id, rule, owner: {field, equals}, unless, deny}, or {type, list, items, …} is wanted" },
);

const lifecycle = z.strictObject({
  since: z.string().optional(),
  deprecatedAt: date.optional(),
  sunset: date.optional(),
  successor: z.string().min(1).optional(),
  docs: z
    .string()
    .regex(/^https?:\/\/[^\s<>]+$/, "a URL is wanted")
    .optional(),
  stability: z.enum(["draft", "alpha", "beta", "stable"]).optional(),
  afterSunset: z.enum(["gone", "serve"]).optional(),
});

const source = z.string().regex(/^(path|query|header|body):.+$/s, "a place of the request is wanted, like query:after");

const pagination = z.strictObject({
  type: z.enum(["cursor", "offset", "page", "link"]),
  request: z
    .strictObject({
      cursor: source.optional(),
      offset: source.optional(),
      page: source.optional(),
      limit: source.optional(),
    })
    .optional(),
  response: z
    .strictObject({
      items: pointer.optional(),
      next: pointer.optional(),
      more: pointer.optional(),
      total: pointer.optional(),
    })
    .optional(),
  maxPages: count.optional(),
});

// RFC 9470, 3: a list of them is separated by spaces, and stands between quotes.
const acr = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, "a value of acr is wanted: no spaces, no quotes");

const off = z.literal("none");

/** What may be said of an operation, of every operation of a path, and, in `defaults`, of all. */
export const operation = z
  .strictObject({
    authz: roleExpression.optional().describe("authenticated, deny, none, a role, or an expression of roles."),
    stepUp: z
      .strictObject({ acr: z.array(acr).min(1).optional(), maxAge: span.optional() })
      .optional()
      .describe("How the user must have signed in (RFC 9470)."),
    object: object.optional().describe("Whose object a call may touch."),
    rateLimits: z
      .union([off, z.array(z.union([name, inlineLimit]))], {
        error: "a list of limits is wanted: names, or {name, limit, window, key}",
      })
      .optional(),
    cost: count.optional().describe("What one call counts for in limits of requests."),
    slowDown: z
      .strictObject({
        after: count,
        window: span,
        delay: duration,
        maxDelay: duration.optional(),
        key: z.array(limitKey).min(1, "a key is wanted, like [ip]"),
      })
      .optional()
      .describe("Whoever calls often waits longer and longer."),
    concurrency: z
      .strictObject({
        max: count,
        key: z.array(limitKey).min(1, "a key is wanted, like [principal]"),
        queue: z.int().min(0).optional(),
        wait: duration.optional(),
      })
      .optional()
      .describe("How many calls may be under way at once."),
    cors: name.optional().describe("A CORS policy of the root, or none."),
    limits: z.union([off, bounds], { error: "bounds are wanted, like {body: 64KiB, depth: 16}" }).optional(),
    lifecycle: lifecycle.optional(),
    idempotency: z
      .strictObject({
        header: z
          .string()
          .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "a name of a header is wanted")
          .optional(),
        required: z.boolean().optional(),
        ttl: span.optional(),
        scope: z
          .array(z.enum(["principal", "operation", "tenant", "client"]))
          .min(1, "a scope is wanted, like [principal, operation]")
          .optional(),
        fingerprint: z.enum(["body", "none"]).optional(),
      })
      .optional()
      .describe("A call may be repeated with the key that it was made with."),
    audit: z
      .union([off, audit], { error: "an audit rule is wanted, like {event: order.read, level: access}" })
      .optional(),
    cache: z.string().optional(),
    retries: z
      .union([off, retries], { error: "a retry rule is wanted, like {maxAttempts: 3, base: 250ms}" })
      .optional(),
    timeout: span.optional(),
    pagination: pagination.optional(),
    reason: z.string().min(1).optional().describe("Why something is switched off."),
  })
  .superRefine((said, context) => {
    for (const key of ["authz", "rateLimits", "limits", "audit", "retries"] as const) {
      if (said[key] !== "none" || said.reason !== undefined) continue;
      context.addIssue({
        code: "custom",
        path: [key],
        message: "a guard is switched off without a reason: add reason: beside it",
      });
    }
  })
  .describe("What an operation asks of its callers.");

/** An annotation of an operation or of a path item. */
export type OperationAnnotation = z.infer<typeof operation>;
