import { essenceOf } from "../http/codec.js";
import { isPartList } from "../http/multipart/contract.js";
import { readList } from "../http/multipart/list.js";
import { readParts } from "../http/multipart/read.js";
import { writeParts } from "../http/multipart/write.js";
import { Refusal } from "../problem/refusal.js";
import type { MultipartCodec } from "./contract.js";

/** Multipart bodies, in requests and responses. */
export const multipart: MultipartCodec = {
  read: async (exchange, boundary, parts, bounds) => {
    try {
      if (isPartList(parts)) {
        const items = readList(exchange.chunks(), boundary, parts, bounds);
        return parts.stream === true ? items : await listed(items);
      }
      return await readParts(exchange.chunks(), boundary, parts, bounds);
    } catch (thrown) {
      if (thrown instanceof Refusal) return thrown;
      throw thrown;
    }
  },
  write: (media, value, parts) => {
    const essence = essenceOf(media);
    const { boundary, open } = writeParts("body", value, parts, essence === "multipart/form-data");
    return { type: `${essence.includes("*") ? "multipart/mixed" : essence}; boundary=${boundary}`, octets: open() };
  },
};

async function listed(items: AsyncIterable<unknown>): Promise<readonly unknown[]> {
  const all: unknown[] = [];
  for await (const item of items) all.push(item);
  return all;
}
