import { edit, select } from "../http/selection.js";
import type { Mask } from "../policy/index.js";
import { shown } from "./shown.js";

/** Shows a value as it may be in a log. */
export type Masker = (value: unknown) => unknown;

const styles: readonly Mask[] = ["last4", "hash", "drop"];

/**
 * Compiles the masks of a value, by JSON pointer. The value itself is left as it is: what is masked is a copy.
 * @param hash what `hash` is shown as; `undefined` leaves it out.
 */
export function masking(masks: Readonly<Record<string, Mask>>, hash: (text: string) => string | undefined): Masker {
  const all = Object.entries(masks);
  const [, whole] = all.find(([pointer]) => pointer === "") ?? [];
  if (whole !== undefined && whole !== "plain") return (value) => shown(value, whole, hash);
  const steps = styles.flatMap((style) => {
    const pointers = all.filter(([, one]) => one === style).map(([pointer]) => pointer);
    return pointers.length === 0 ? [] : [{ style, selection: select(pointers) }];
  });
  return (value) =>
    steps.reduce<unknown>(
      (one, { style, selection }) => edit(one, selection, (member) => shown(member, style, hash)),
      value,
    );
}
