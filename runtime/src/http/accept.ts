import { essenceOf } from "./codec.js";

/** One of the ranges of an Accept header (RFC 9110, 12.5.1). */
interface Range {
  readonly essence: string;
  readonly quality: number;
}

/**
 * Of the media types that there are, in the order of preference, the one that the caller wants most; `undefined` where none will do.
 * @param accept the lines of the header; none is no wish at all.
 */
export function preferred(available: readonly string[], accept: readonly string[]): string | undefined {
  if (accept.length === 0) return available[0];
  const ranges = accept.flatMap((line) => line.split(",")).flatMap(rangeOf);
  let best: string | undefined;
  let highest = 0;
  for (const media of available) {
    const quality = qualityOf(essenceOf(media), ranges);
    if (quality > highest) {
      best = media;
      highest = quality;
    }
  }
  return best;
}

function rangeOf(text: string): readonly Range[] {
  const [name = "", ...parameters] = text.split(";");
  const essence = name.trim().toLowerCase();
  if (!/^[^\s/,;]+\/[^\s/,;]+$/.test(essence)) return [];
  const weight = parameters
    .map((one) => /^\s*q=(\d(?:\.\d{0,3})?)\s*$/i.exec(one)?.[1])
    .find((one) => one !== undefined);
  return [{ essence, quality: weight === undefined ? 1 : Math.min(1, Number(weight)) }];
}

/** The most specific range decides. */
function qualityOf(essence: string, ranges: readonly Range[]): number {
  const family = `${essence.slice(0, essence.indexOf("/"))}/*`;
  // A type of the spec may be a range itself: it will do where any of it is wanted.
  const meets = (wanted: string) => ranges.find((range) => range.essence === wanted);
  const open = essence.endsWith("/*")
    ? ranges.find((range) => range.essence.startsWith(essence.slice(0, -1)))
    : undefined;
  return (meets(essence) ?? open ?? meets(family) ?? meets("*/*"))?.quality ?? 0;
}
