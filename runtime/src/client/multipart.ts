import { essenceOf } from "../http/codec.js";
import { isPartList, partsOf } from "../http/multipart/contract.js";
import { writeParts } from "../http/multipart/write.js";
import { streamOf } from "../http/streams.js";
import type { ContentCodec } from "./contract.js";

/** Multipart bodies of requests. A call whose files are all octets or Blobs can be repeated. */
export const multipart = {
  takes: (essence) => essence.startsWith("multipart/"),
  write: (key, value, body, type) => {
    const parts = partsOf(body.parts, type);
    const { boundary, open, repeatable } = writeParts(key, value, parts, essenceOf(type) === "multipart/form-data");
    const fallback = isPartList(parts) ? "multipart/mixed" : "multipart/form-data";
    const essence = essenceOf(type) === "multipart/*" ? fallback : essenceOf(type);
    return { type: `${essence}; boundary=${boundary}`, body: { open: () => streamOf(open()), repeatable } };
  },
} satisfies ContentCodec;
