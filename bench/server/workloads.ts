import { isDeepStrictEqual } from "node:util";

/** One request that all servers are asked, and what they must answer. */
export interface Workload {
  readonly name: "get" | "post";
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>> | undefined;
  readonly status: number;
  readonly isAnswer: (value: unknown) => boolean;
}

/** How a server with paths and bodies of its own wants to be called. */
export interface OwnCall {
  readonly path: string;
  /** The key of the body beside the id of the account. */
  readonly wrap?: string;
  /** Where the answer stands in its own envelope. */
  readonly answer: readonly string[];
}

const account = { id: "a1", ownerId: "user-1", balance: 1200, currency: "EUR" };

const payment = {
  amount: 1250,
  currency: "EUR",
  creditorName: "Ada Lovelace",
  creditorIban: "DE89370400440532013000",
  purpose: "Invoice 2026-117, second reminder",
  urgent: false,
  requestedOn: "2026-11-30",
  reference: "3b241101-e2bb-4255-8caf-4136c566a962",
  fee: 0.35,
  channel: "web",
  tags: ["rent", "monthly"],
  note: null,
};

export const workloads: readonly Workload[] = [
  {
    name: "get",
    method: "GET",
    path: "/accounts/a1",
    body: undefined,
    status: 200,
    isAnswer: (value) => isDeepStrictEqual(value, account),
  },
  {
    name: "post",
    method: "POST",
    path: "/accounts/a1/payments",
    body: payment,
    status: 201,
    isAnswer: (value) => {
      const { id, ...rest } = value as Readonly<Record<string, unknown>>;
      return typeof id === "string" && isDeepStrictEqual(rest, { amount: 1250, currency: "EUR", state: "accepted" });
    },
  },
];

/** The same with one field of another type: nobody may take it. */
export function spoilt(body: Workload["body"]): Workload["body"] {
  return body === undefined ? undefined : { ...body, amount: "1250" };
}
