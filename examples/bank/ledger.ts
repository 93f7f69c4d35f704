import { randomUUID } from "node:crypto";

/** An account as the bank keeps it. The spec knows nothing of `customerId`: it never leaves the server. */
export interface StoredAccount {
  readonly id: string;
  readonly customerId: string;
  readonly name: string;
  readonly balance: number;
  readonly state: "open" | "frozen";
}

export interface StoredPayment {
  readonly id: string;
  readonly amount: number;
  readonly iban: string;
  readonly memo?: string | null;
  readonly state: "accepted" | "settled";
}

/** The bank's books, in memory. */
export function openLedger() {
  const accounts = new Map<string, StoredAccount>([
    ["acc-alice", { id: "acc-alice", customerId: "alice", name: "Alice, household", balance: 250_000, state: "open" }],
    ["acc-bob", { id: "acc-bob", customerId: "bob", name: "Bob, savings", balance: 90_000, state: "open" }],
  ]);
  const payments = new Map<string, readonly StoredPayment[]>();

  const change = (id: string, next: Partial<StoredAccount>): StoredAccount | undefined => {
    const account = accounts.get(id);
    if (account === undefined) return undefined;
    const changed = { ...account, ...next };
    accounts.set(id, changed);
    return changed;
  };

  return {
    find: (id: string) => accounts.get(id),
    ofCustomer: (customerId: string) => [...accounts.values()].filter((one) => one.customerId === customerId),
    rename: (id: string, name: string) => change(id, { name }),
    freeze: (id: string) => change(id, { state: "frozen" }),
    payments: (id: string) => payments.get(id) ?? [],
    pay(account: StoredAccount, order: Pick<StoredPayment, "amount" | "iban" | "memo">): StoredPayment {
      const payment: StoredPayment = { ...order, id: randomUUID(), state: "accepted" };
      payments.set(account.id, [payment, ...(payments.get(account.id) ?? [])]);
      change(account.id, { balance: account.balance - order.amount });
      return payment;
    },
  };
}

export type Ledger = ReturnType<typeof openLedger>;
