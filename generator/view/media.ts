/** How content of a media type is read and written, as the runtime has it (runtime/src/http/codec.ts). */
export type Codec = "json" | "text" | "form" | "octets" | "multipart" | "items";

export function codecOf(type: string): Codec {
  if (type === "text/event-stream") return "items";
  if (/^application\/(?:(?:x-)?(?:jsonl|ndjson|jsonlines)|(?:[^/]+\+)?json-seq)$/.test(type)) return "items";
  if (type.startsWith("multipart/")) return "multipart";
  if (/^application\/json$|^[^/]+\/[^/]+\+json$/.test(type)) return "json";
  if (type === "application/x-www-form-urlencoded") return "form";
  return type.startsWith("text/") ? "text" : "octets";
}
