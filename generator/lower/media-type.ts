/** RFC 9110, 8.3.1: type and subtype have no case; parameters do not tell schemas apart here. */
export function mediaTypeOf(written: string): string {
  return (written.split(";", 1)[0] ?? "").trim().toLowerCase();
}

/** `application/json`, or the `+json` suffix (RFC 6839). */
export function isJson(type: string): boolean {
  return type === "application/json" || /^[^/]+\/[^/]+\+json$/.test(type);
}
