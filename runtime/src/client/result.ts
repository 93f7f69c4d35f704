import { Failure } from "./failure.js";

/** What a server answered around the content: what it says of a page, a version, a limit. */
export interface Answer {
  readonly status: number;
  /** Names are lower case; several lines of one name are joined as RFC 9110, 5.3 says. */
  readonly headers: Readonly<Record<string, string>>;
  /** What was asked, query and all. */
  readonly url?: string | undefined;
}

/** The answer of a success, with the header fields that the spec declares of it, read as it says. */
export interface SuccessAnswer<Fields> extends Answer {
  readonly fields: Fields;
}

/** How a call ended. `response` is what the server answered last, where it did. */
export type Result<Output, Fields = object> =
  | { readonly ok: true; readonly value: Output; readonly response: SuccessAnswer<Fields> }
  | { readonly ok: false; readonly failure: Failure; readonly response: Answer | undefined };

/** A call under way: a promise of what it answers, which rejects with a Failure. */
export interface Call<Output, Fields = object> extends Promise<Output> {
  /** The same call as a result that does not reject: `if (result.ok) … else switch (result.failure.code)`. */
  readonly safe: () => Promise<Result<Output, Fields>>;
}

/** What is noted of a call while it runs. */
export interface Track {
  attempts: number;
  response: Answer | undefined;
  /** What was asked, query and all. */
  url: string | undefined;
}

/** Reads the declared header fields of an answer. */
export type ReadFields = (answer: Answer) => object;

/** A promise that can be asked for a result. What is thrown and is no Failure is a mistake in somebody's code, and stays one. */
export function callOf<Output, Fields>(
  promise: Promise<Output>,
  track: Track,
  fieldsOf: ReadFields,
): Call<Output, Fields> {
  const safe = () =>
    promise.then(
      (value): Result<Output, Fields> => {
        const { status, headers } = track.response ?? nothing;
        const fields = fieldsOf({ status, headers }) as Fields;
        return { ok: true, value, response: { status, headers, fields, url: track.url } };
      },
      (failure: unknown): Result<Output, Fields> => {
        if (failure instanceof Failure) return { ok: false, failure, response: track.response };
        throw failure;
      },
    );
  return Object.assign(promise, { safe });
}

/** An interceptor of the caller's may answer without a server. */
const nothing: Answer = { status: 0, headers: {} };
