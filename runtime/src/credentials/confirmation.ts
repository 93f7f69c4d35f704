import type { Exchange } from "../http/exchange.js";
import type { Refusal } from "../problem/refusal.js";
import type { ResourceFacts } from "./verifier.js";

/** How the presenter of a token shows that it is the one whom the token was issued to. */
export interface Possession {
  readonly binding: ResourceFacts["binding"];
  readonly dpopAlgorithms: readonly string[];
  /** What is wrong; `undefined` where the presenter is the right one. It never throws and never rejects. */
  readonly confirm: (
    exchange: Exchange,
    token: string,
    confirmation: unknown,
  ) => Refusal | undefined | Promise<Refusal | undefined>;
  readonly challenge: (error?: Readonly<Record<string, string>>) => string;
  readonly headers?: () => readonly string[];
}

/** The one method of a `cnf` claim. With a second one beside it, both would have to hold, and one of them is not checked here. */
export function confirmationOf(confirmation: unknown, method: "jkt" | "x5t#S256"): string | undefined {
  if (typeof confirmation !== "object" || confirmation === null) return undefined;
  const [only, ...more] = Object.entries(confirmation);
  if (only === undefined || more.length > 0 || only[0] !== method) return undefined;
  return typeof only[1] === "string" && only[1] !== "" ? only[1] : undefined;
}
