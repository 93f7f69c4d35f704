/** Makes a value of JSON unchangeable: a cache hands one of it to many calls, and what one does to it must not reach another. */
export function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const inner of Object.values(value)) freeze(inner);
  Object.freeze(value);
}
