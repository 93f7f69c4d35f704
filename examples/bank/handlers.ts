import { createHash } from "node:crypto";
import { refuse } from "@sallyport/runtime/server";
import type { Handlers } from "./generated/server.js";
import type { Ledger, StoredPayment } from "./ledger.js";

/** What the bank does. Who may ask for it is not decided here: the guards have decided when a handler runs. */
export function bankHandlers(ledger: Ledger): Handlers {
  return {
    accounts: {
      // The guard says which accounts the caller may ask for, and looks at what is answered.
      listAccounts: ({ scope }) => ({
        status: 200,
        body: scope === "all" ? ledger.all() : ledger.ofCustomer(scope.customerId),
      }),
      getAccount: ({ object: account }) => ({ status: 200, body: account }),
      getBalance: ({ object: account }) => ({ status: 200, body: { balance: account.balance } }),
      renameAccount: ({ path, body }) => {
        const account = ledger.rename(path.accountId, body.name);
        if (account === undefined) throw refuse(404, { title: "No such account" });
        return { status: 200, body: account };
      },
    },
    admin: {
      freezeAccount: ({ path }) => {
        if (ledger.freeze(path.accountId) === undefined) throw refuse(404, { title: "No such account" });
        return { status: 204 };
      },
    },
    default: {
      getHealth: () => ({ status: 200, body: { status: "up" } }),
    },
    documents: {
      sendDocument: async ({ body: { fields, files } }) => {
        const hash = createHash("sha256");
        let size = 0;
        for await (const { stream } of files) {
          for await (const chunk of stream) {
            hash.update(chunk);
            size += chunk.length;
          }
        }
        return { status: 201, body: { title: fields.title, size, sha256: hash.digest("hex") } };
      },
    },
    partner: {
      getRate: ({ path }) => ({ status: 200, body: { currency: path.currency, rate: 1.0842 } }),
    },
    payments: {
      followPayments: ({ path, lastEventId, signal }) => ({
        status: 200,
        body: eventsOf(ledger.follow(path.accountId, lastEventId, signal)),
      }),
      listPayments: ({ path, query: { state, after, limit } }) => {
        const all = ledger.payments(path.accountId).filter((one) => state === undefined || one.state === state);
        const start = 1 + all.findIndex((one) => one.id === after);
        const payments = all.slice(start, start + limit);
        const last = payments.at(-1);
        return {
          status: 200,
          body: { payments, ...(last && start + limit < all.length ? { next: last.id } : {}) },
        };
      },
      createPayment: ({ path, body }) => {
        const account = ledger.find(path.accountId);
        if (account === undefined) throw refuse(404, { title: "No such account" });
        if (account.state === "frozen") throw refuse(409, { title: "The account is frozen" });
        return { status: 201, body: ledger.pay(account, body) };
      },
    },
    statements: {
      getStatement: ({ object: account, path }) => ({
        status: 200,
        body: `${account.name}, ${path.month}: ${ledger.payments(account.id).length} payments\n`,
      }),
    },
  };
}

async function* eventsOf(payments: AsyncIterable<StoredPayment>) {
  for await (const payment of payments) yield { id: payment.id, event: "payment" as const, data: payment };
}
