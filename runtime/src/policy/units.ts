/** A length of time as the spec writes it: `250ms`, `30s`, `15m`, `1h`, `7d`. */
export type Duration = `${number}${"ms" | "s" | "m" | "h" | "d"}`;

/** A number of octets as the spec writes it: `512B`, `64KiB`, `1MiB`. */
export type Size = `${number}${"B" | "KiB" | "MiB" | "GiB"}`;

const milliseconds = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const octets = { B: 1, KiB: 1_024, MiB: 1_048_576, GiB: 1_073_741_824 } as const;

/**
 * Milliseconds in a duration.
 * @throws RangeError when the text is not a duration: a limit that cannot be read must not become no limit.
 */
export function toMilliseconds(duration: Duration): number {
  return read(duration, milliseconds, "duration");
}

/**
 * Octets in a size.
 * @throws RangeError when the text is not a size.
 */
export function toOctets(size: Size): number {
  return read(size, octets, "size");
}

function read(text: string, units: Readonly<Record<string, number>>, what: string): number {
  const [, count, name = ""] = /^(\d+(?:\.\d+)?)(\w+)$/.exec(text) ?? [];
  const unit = Object.hasOwn(units, name) ? units[name] : undefined;
  if (unit === undefined) throw new RangeError(`"${text}" is not a ${what}`);
  return Number(count) * unit;
}
