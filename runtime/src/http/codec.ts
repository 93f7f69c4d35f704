/**
 * How the octets of a media type are read and written. `octets` are a stream of them; `lines`, `sequence` and `events` are items, one
 * by one.
 */
export type Codec = "json" | "text" | "form" | "octets" | "multipart" | ItemCodec;

/** JSON Lines, JSON text sequences (RFC 7464), and server-sent events (HTML Standard, 9.2). */
export type ItemCodec = "lines" | "sequence" | "events";

/** How a media type of the spec is read. A range (`image/*`) is octets, but for `text/*`. */
export function codecOf(essence: string): Codec {
  if (essence === "text/event-stream") return "events";
  if (/^application\/(?:x-)?(?:jsonl|ndjson|jsonlines)$/.test(essence)) return "lines";
  if (/^application\/(?:[^/]+\+)?json-seq$/.test(essence)) return "sequence";
  if (essence.startsWith("multipart/")) return "multipart";
  if (essence === "application/json" || /^[^/]+\/[^/]+\+json$/.test(essence)) return "json";
  if (essence === "application/x-www-form-urlencoded") return "form";
  return essence.startsWith("text/") ? "text" : "octets";
}

/** Whether a media type holds items, one by one. */
export function isItems(codec: Codec): codec is ItemCodec {
  return codec === "lines" || codec === "sequence" || codec === "events";
}

/** A declared media type without its parameters, in lower case. */
export function essenceOf(declared: string): string {
  const end = declared.indexOf(";");
  return (end < 0 ? declared : declared.slice(0, end)).trim().toLowerCase();
}
