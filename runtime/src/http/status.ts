/** OpenAPI 4.8.17: an exact status before its range, a range before the default. */
export function ofStatus<T>(all: Readonly<Record<string, T>> = {}, status: number): T | undefined {
  return all[String(status)] ?? all[`${Math.floor(status / 100)}XX`] ?? all.default;
}
