/** A value as a text, more or less as a parameter has it. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return Array.isArray(value) ? value.map(textOf).join(",") : (JSON.stringify(value) ?? "");
}

/** A value in a path. */
export function segment(value: unknown, style = ""): string {
  if (style === "matrix" && typeof value === "object" && value !== null)
    return Object.entries(value)
      .map(([key, one]) => `;${encode(key)}=${encode(textOf(one))}`)
      .join("");
  return `${style === "label" ? "." : ""}${encode(textOf(value))}`;
}

/** A name and its value in a query or a form. */
export function pair(name: string, value: unknown, style = ""): string {
  if (style === "deepObject" && typeof value === "object" && value !== null)
    return Object.entries(value)
      .map(([key, one]) => `${encode(name)}[${encode(key)}]=${encode(textOf(one))}`)
      .join("&");
  if (Array.isArray(value) && style === "")
    return value.map((one) => `${encode(name)}=${encode(textOf(one))}`).join("&");
  return `${encode(name)}=${encode(textOf(value))}`;
}

/** Percent-encoded. A lone surrogate cannot be. */
export function encode(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd"));
}
