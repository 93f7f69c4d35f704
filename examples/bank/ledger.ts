import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";

/** An account as the bank keeps it. The spec knows nothing of `customerId`: it never leaves the server. */
export interface StoredAccount {
  readonly id: string;
  readonly customerId: string;
  readonly name: string;
  readonly balance: number;
  readonly state: "open" | "frozen";
  readonly riskScore: number;
  /** Who may pay from it. */
  readonly signatories: readonly string[];
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
    account("acc-alice", "alice", "Alice, household", 250_000, ["alice"]),
    account("acc-bob", "bob", "Bob, savings", 90_000, ["bob"]),
    account("acc-club", "club", "The sailing club", 40_000, ["alice", "bob"]),
  ]);
  const happened = new EventEmitter();
  const payments = new Map<string, readonly StoredPayment[]>();

  const change = (id: string, next: Partial<StoredAccount>): StoredAccount | undefined => {
    const account = accounts.get(id);
    if (account === undefined) return undefined;
    const changed = { ...account, ...next };
    accounts.set(id, changed);
    return changed;
  };

  return {
    all: () => [...accounts.values()],
    find: (id: string) => accounts.get(id),
    maySign: (id: string, person: string) => accounts.get(id)?.signatories.includes(person) === true,
    ofCustomer: (customerId: string) => [...accounts.values()].filter((one) => one.customerId === customerId),
    rename: (id: string, name: string) => change(id, { name }),
    freeze: (id: string) => change(id, { state: "frozen" }),
    payments: (id: string) => payments.get(id) ?? [],
    /** The payments behind one that was seen already, and then those that happen, until the signal ends it. */
    async *follow(id: string, seen: string | undefined, signal: AbortSignal) {
      let last = seen;
      while (!signal.aborted) {
        const all = [...(payments.get(id) ?? [])].reverse();
        const next = all[all.findIndex((one) => one.id === last) + 1];
        if (next === undefined) await once(happened, "payment", { signal }).catch(() => undefined);
        else yield next;
        last = next?.id ?? last;
      }
    },
    pay(account: StoredAccount, order: Pick<StoredPayment, "amount" | "iban" | "memo">): StoredPayment {
      const payment: StoredPayment = { ...order, id: randomUUID(), state: "accepted" };
      payments.set(account.id, [payment, ...(payments.get(account.id) ?? [])]);
      happened.emit("payment");
      change(account.id, { balance: account.balance - order.amount });
      return payment;
    },
  };
}

function account(id: string, customerId: string, name: string, balance: number, signatories: readonly string[]) {
  return [id, { id, customerId, name, balance, state: "open", riskScore: 7, signatories }] as const;
}

export type Ledger = ReturnType<typeof openLedger>;
