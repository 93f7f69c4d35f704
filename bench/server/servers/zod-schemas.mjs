// The schemas of the spec, for peers that are written in zod.
import { peer } from "./about.mjs";

const z = await peer("zod");

export const accountId = z.string().max(36);

export const account = z.object({
  id: z.string().max(36),
  ownerId: z.string().max(64),
  balance: z.int(),
  currency: z.string().max(3),
});

export const newPayment = z.strictObject({
  amount: z.int().min(1).max(100_000_000),
  currency: z.enum(["EUR", "USD", "GBP"]),
  creditorName: z.string().min(1).max(70),
  creditorIban: z
    .string()
    .max(34)
    .regex(/^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$/),
  purpose: z.string().max(140),
  urgent: z.boolean(),
  requestedOn: z.iso.date(),
  reference: z.guid(),
  fee: z.number().min(0),
  channel: z.enum(["web", "app", "branch"]),
  tags: z.array(z.string().max(20)).max(5),
  note: z.string().max(200).nullish(),
});

export const payment = z.object({
  id: z.string().max(36),
  amount: z.int(),
  currency: z.string().max(3),
  state: z.enum(["accepted", "settled"]),
});
