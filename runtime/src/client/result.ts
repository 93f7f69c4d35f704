import { Failure } from "./failure.js";

/** What a server answered around the content: what it says of a page, a version, a limit. */
export interface Answer {
  readonly status: number;
  /** Names are lower case; several lines of one name are joined as RFC 9110, 5.3 says. */
  readonly headers: Readonly<Record<string, string>>;
}

/** How a call ended. `response` is what the server answered last, where it did. */
export type Result<Output> =
  | { readonly ok: true; readonly value: Output; readonly response: Answer }
  | { readonly ok: false; readonly failure: Failure; readonly response: Answer | undefined };

/** A call under way: a promise of what it answers, which rejects with a Failure. */
export interface Call<Output> extends Promise<Output> {
  /** The same call as a result that does not reject: `if (result.ok) … else switch (result.failure.code)`. */
  readonly safe: () => Promise<Result<Output>>;
}

/** What is noted of a call while it runs. */
export interface Track {
  attempts: number;
  response: Answer | undefined;
}

/** A promise that can be asked for a result. What is thrown and is no Failure is a mistake in somebody's code, and stays one. */
export function callOf<Output>(promise: Promise<Output>, track: Track): Call<Output> {
  const safe = () =>
    promise.then(
      (value): Result<Output> => ({ ok: true, value, response: track.response ?? nothing }),
      (failure: unknown): Result<Output> => {
        if (failure instanceof Failure) return { ok: false, failure, response: track.response };
        throw failure;
      },
    );
  return Object.assign(promise, { safe });
}

/** An interceptor of the caller's may answer without a server. */
const nothing: Answer = { status: 0, headers: {} };
