import { createHash } from "node:crypto";
import { createClient } from "../golden/bodies/expected/client.js";
import { createApi } from "../golden/bodies/expected/server.js";

/** The client of the golden case `bodies`, without its groups. */
export type BodiesClient = ReturnType<typeof createClient>["default"] & { readonly close: () => Promise<void> };

export function callerOf(baseUrl: string): BodiesClient {
  const client = createClient({ baseUrl });
  return { ...client.default, close: client.close };
}

/** What its handlers were seen doing. */
export interface Seen {
  reports: number;
  left: boolean;
  readonly log: unknown[];
}

/** The golden case `bodies`, served: what comes in goes out, or is told. */
export function apiOf() {
  const state: Seen = { reports: 0, left: false, log: [] };
  const note = (facts: { readonly err?: unknown }) => void state.log.push(JSON.stringify(facts.err));
  const api = createApi({
    log: { debug: note, info: note, warn: note, error: note },
    audit: { write: () => undefined },
    handlers: {
      default: {
        upload: async ({ body: { fields, files } }) => {
          const seen = [];
          for await (const { name, filename, type, stream } of files) {
            const hash = createHash("sha256");
            let size = 0;
            for await (const chunk of stream) {
              hash.update(chunk);
              size += chunk.length;
            }
            seen.push({
              name,
              ...(filename === undefined ? {} : { filename }),
              type,
              size,
              digest: hash.digest("hex").slice(0, 16),
            });
          }
          return { status: 200, body: { fields: { ...fields }, files: seen } };
        },
        download: ({ query: { bad } }) => ({
          status: 200,
          body: {
            caption: bad ? "x".repeat(21) : "two",
            place: { city: "Bern", secret: 1 } as { city: string },
            photo: [new Blob(["one"], { type: "image/png" }), { content: new Uint8Array([1, 2]), type: "image/jpeg" }],
          },
        }),
        inStyles: ({ body }) => ({ status: 200, body }),
        pieces: ({ body }) => ({ status: 200, body }),
        relay: ({ body }) => ({ status: 200, body }),
        fillIn: ({ body, bodyType }) => ({ status: 200, body: { as: bodyType, card: body } }),
        copy: ({ body }) => ({ status: 200, type: "image/png", body }),
        echo: async ({ body }) => {
          const all: { readonly n: number }[] = [];
          for await (const one of body) all.push(one);
          const again = async function* () {
            yield* all;
          };
          return { status: 200, body: again() };
        },
        events: ({ query, signal, lastEventId }) => ({
          status: 200,
          body: ticks(query.fail, signal, state, lastEventId === undefined ? 0 : Number(lastEventId) + 1),
        }),
        sequence: () => ({ status: 200, body: numbers() }),
        texts: () => ({ status: 200, body: texts() }),
        report: ({ query: { total = 0 }, accept }) => {
          state.reports++;
          if (total === 204) return { status: 202, body: "later" };
          const headers = { "X-Total": total, "X-Tags": ["a", "b"] };
          // A handler without types may forget what is required.
          const said = total === -1 ? ({} as typeof headers) : headers;
          return accept === "text/csv"
            ? { status: 200, type: accept, headers: said, body: `total\n${total}` }
            : { status: 200, type: "application/json", headers: said, body: { total } };
        },
      },
    },
  });
  return { api, state };
}

async function* ticks(fail: boolean, signal: AbortSignal, state: Seen, from: number) {
  signal.addEventListener("abort", () => {
    state.left = true;
  });
  try {
    for (let n = from; n < 3; n++) {
      const data = fail && n === 2 ? { n: "two" as unknown as number } : { n };
      yield { id: String(n), event: "tick" as const, data, ...(n === 2 ? { retry: 50 } : {}) };
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } finally {
    state.left = true;
  }
}

async function* numbers() {
  yield* [1, 2, 3];
}

async function* texts() {
  yield { data: "a\nb\n\nc" };
  yield { data: "", retry: 5 };
  yield { data: ": x" };
}
