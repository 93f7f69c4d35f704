import type { Answers } from "../golden/fakes/expected/fakes.js";

// Compile-time witnesses: a fake answers what the spec declares, and nothing else. tsc reads this file; nothing runs it.

/** Everything that may be said. */
export const complete: Answers = {
  getAccount: [
    ({ input }) => ({ status: 200, body: { balance: 1, holders: [input.iban, input.currency ?? ""] } }),
    { status: 404, body: { title: "Gone", moved: false } },
  ],
};

// @ts-expect-error no such operation
export const unknownOperation: Answers = { getAcount: { status: 404, body: { title: "", moved: true } } };

// @ts-expect-error no such status
export const unknownStatus: Answers = { getAccount: { status: 202, body: { balance: 1, holders: [] } } };

// @ts-expect-error the body of another status
export const otherBody: Answers = { getAccount: { status: 404, body: { balance: 1, holders: [] } } };

// @ts-expect-error a property is missing, in an answer that is made of the call
export const lacking: Answers = { getAccount: () => ({ status: 200, body: { balance: 1 } }) };

// @ts-expect-error a header field is missing
export const withoutHeader: Answers = { pay: { status: 201, body: { amount: 1, to: "DE1" } } };

// @ts-expect-error no such input
export const otherInput: Answers = { getLetter: ({ input }) => ({ status: 200, body: input.iban }) };
