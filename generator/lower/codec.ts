/** Media types whose content is items, one by one: JSON Lines, JSON text sequences (RFC 7464), server-sent events. */
export function isItems(type: string): boolean {
  return isEvents(type) || /^application\/(?:(?:x-)?(?:jsonl|ndjson|jsonlines)|(?:[^/]+\+)?json-seq)$/.test(type);
}

/** Server-sent events (HTML Standard, 9.2). */
export function isEvents(type: string): boolean {
  return type === "text/event-stream";
}
