/** What a server says of one of its limits. */
export interface RateLimit {
  readonly name: string;
  /** Requests that are left. No promise: others may use them. */
  readonly remaining: number;
  /** Milliseconds for which that holds. */
  readonly reset: number;
}

/** What the reset of headers without a standard counts: there, both are in use, and a guess would wait for years. */
export type LegacyReset = "seconds" | "unix-seconds" | "unix-milliseconds";

/** One member of a list of structured fields that is a string, with its parameters (RFC 9651, 3.1). */
interface Member {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * The limits of an answer: `RateLimit`, with the units of `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers). What is malformed is
 * ignored, and so is what counts something else than requests.
 */
export function rateLimitsOf(
  headers: Readonly<Record<string, string>>,
  now: number,
  legacy?: LegacyReset,
): readonly RateLimit[] {
  const units = new Map(
    membersOf(headers["ratelimit-policy"]).map(({ name, parameters }) => [name, parameters.get("qu")]),
  );
  const limits = membersOf(headers.ratelimit).flatMap(({ name, parameters }): readonly RateLimit[] => {
    const [remaining, reset] = [countOf(parameters.get("r")), countOf(parameters.get("t"))];
    const countsRequests = (units.get(name) ?? '"requests"') === '"requests"';
    return remaining === undefined || reset === undefined || !countsRequests
      ? []
      : [{ name, remaining, reset: reset * 1_000 }];
  });
  return limits.length > 0 || legacy === undefined ? limits : legacyLimit(headers, now, legacy);
}

function legacyLimit(headers: Readonly<Record<string, string>>, now: number, unit: LegacyReset): readonly RateLimit[] {
  for (const prefix of ["ratelimit", "x-ratelimit"]) {
    const remaining = countOf(headers[`${prefix}-remaining`]);
    const reset = countOf(headers[`${prefix}-reset`]);
    if (remaining !== undefined && reset !== undefined)
      return [{ name: prefix, remaining, reset: Math.max(0, millisecondsOf(reset, unit, now)) }];
  }
  return [];
}

function millisecondsOf(reset: number, unit: LegacyReset, now: number): number {
  switch (unit) {
    case "seconds":
      return reset * 1_000;
    case "unix-seconds":
      return reset * 1_000 - now;
    case "unix-milliseconds":
      return reset - now;
  }
}

function countOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

const text = String.raw`"(?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"`;
const bare = String.raw`-?\d{1,15}(?:\.\d{1,3})?|${text}|:[A-Za-z0-9+/=]*:|\?[01]|[A-Za-z*][\w!#$%&'*+.^|~:/-]*`;
const parameter = new RegExp(`; *([a-z*][a-z0-9_.*-]*)(?:=(${bare}))?`, "y");
const string = new RegExp(text, "y");
const comma = /[ \t]*,[ \t]*/y;

/** A list of strings (RFC 9651, 4.2.1); empty when it is anything else: it is taken as a whole or not at all. */
function membersOf(header: string | undefined): readonly Member[] {
  const field = header?.trim() ?? "";
  const members: Member[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(field);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  do {
    const name = take(string)?.[0];
    if (name === undefined) return [];
    const parameters = new Map<string, string>();
    for (let one = take(parameter); one !== null; one = take(parameter)) parameters.set(one[1] ?? "", one[2] ?? "?1");
    members.push({ name: name.slice(1, -1).replace(/\\(.)/g, "$1"), parameters });
  } while (take(comma) !== null);
  return at === field.length ? members : [];
}
