import type { Secret } from "./secret.js";

/** A secret as it may be handed over: a text, one that does not print, or what answers either, asked at each use. */
export type SuppliedSecret = string | Secret | (() => string | Secret | Promise<string | Secret>);

/** The text of a secret that need not be asked for. */
export function textOf(value: string | Secret): string {
  return typeof value === "string" ? value : value.reveal();
}

/** The text of a secret, as it is now. */
export function supplied(value: SuppliedSecret): string | Promise<string> {
  if (typeof value !== "function") return textOf(value);
  const answer = value();
  return answer instanceof Promise ? answer.then(textOf) : textOf(answer);
}
