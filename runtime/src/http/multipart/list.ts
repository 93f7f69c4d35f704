import type { ListPart, PartList } from "../../policy/index.js";
import type { PartBounds } from "./contract.js";
import { openParts } from "./events.js";
import { fault, readField, readOctets } from "./field.js";

/**
 * The parts of a body without names, one by one, in their order (OpenAPI 3.2, 4.15.1.4). Each is kept whole; all of them weigh no more
 * than `limits.body`.
 */
export async function* readList(
  chunks: AsyncIterable<Uint8Array>,
  boundary: string,
  list: PartList,
  bounds: PartBounds,
): AsyncGenerator<unknown, void> {
  const source = openParts(chunks, boundary, new Set(), bounds);
  let at = 0;
  for (let event = await source.next(); event !== undefined; event = await source.next()) {
    if (event.kind !== "field") continue;
    const name = String(at);
    const part = partAt(list, at++);
    if (part === undefined) throw fault(name, "There are more parts than are described.");
    yield part.octets === undefined
      ? readField(event, name, part.kind ?? "string", bounds)
      : readOctets(event, name, part.octets);
  }
}

/** What is said of the part at a place. */
export function partAt({ prefix = [], rest }: PartList, at: number): ListPart | undefined {
  return prefix[at] ?? rest;
}
