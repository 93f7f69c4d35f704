import { Failure } from "@sallyport/runtime/client";
import type { Client } from "./generated/client.js";

/** What became of the rent. */
export type Outcome = "paid" | "too little money" | "not ours" | "later";

/** Pays the rent from an account that can bear it: a program of a partner's, with the client that the bank's description gives it. */
export async function payRent(
  bank: Client,
  accountId: string,
  rent: { amount: number; iban: string },
): Promise<Outcome> {
  try {
    const { balance } = await bank.accounts.getAccount({ accountId });
    if (balance < rent.amount) return "too little money";
    await bank.payments.createPayment({ accountId, body: rent });
    return "paid";
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return thrown.code === "not_found" ? "not ours" : "later";
  }
}
