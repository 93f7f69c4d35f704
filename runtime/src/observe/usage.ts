import type { Departure, Observer } from "./observer.js";

/** How often somebody has called an operation in a version. */
export interface UsageRow {
  readonly operation: string;
  /** Absent where the API has no versions. */
  readonly version?: string;
  /** Whether operation or version has ended, or is announced to end. */
  readonly deprecated: boolean;
  /** The caller, as its scheme lets it be shown; absent where nobody is known. */
  readonly principal?: string;
  /** The OAuth client, where the credential names one. */
  readonly client?: string;
  readonly calls: number;
  /** Those of them that were answered with 4xx or 5xx. */
  readonly refused: number;
  /** RFC 3339. */
  readonly first: string;
  readonly last: string;
}

/** Who has called what, since when. */
export interface UsageReport {
  /** RFC 3339. */
  readonly since: string;
  /** What ends first, then the most used. */
  readonly rows: readonly UsageRow[];
  /** Calls that are in no row: there was room for so many. */
  readonly others: number;
}

/** Counts who calls what. */
export interface Usage extends Observer {
  /** What was counted so far: plain data, ready for a report or a metric. */
  readonly report: () => UsageReport;
  /** Begins anew, and says what was counted. */
  readonly reset: () => UsageReport;
}

/** Options of `usage`. */
export interface UsageOptions {
  /** Rows that are kept at most; 10,000 where absent. What comes then is counted together. */
  readonly most?: number;
  /** Whether calls of operations and versions that nobody ends are counted, too; `false` where absent. */
  readonly all?: boolean;
  /** Milliseconds since 1970: the clock, for tests. */
  readonly now?: () => number;
}

type Counted = { -readonly [K in keyof UsageRow]: UsageRow[K] };

/**
 * Counts by operation, version, caller and client, so that a team knows who still calls what it wants to end. It holds for one process, and is
 * bounded: a caller is known when its credential is, so that strangers make no rows.
 * @throws RangeError for a bound that is none.
 */
export function usage({ most = 10_000, all = false, now = Date.now }: UsageOptions = {}): Usage {
  if (!Number.isSafeInteger(most) || most < 1) throw new RangeError("most is a count of 1 or more");
  let rows = new Map<string, Counted>();
  let others = 0;
  let since = now();
  const report = (): UsageReport => ({
    since: new Date(since).toISOString(),
    rows: [...rows.values()].map((row) => ({ ...row })).sort(byWeight),
    others,
  });
  return {
    begin: () => ({
      end: (departure) => {
        if (departure.operation === undefined || !(all || departure.deprecated)) return;
        const key = keyOf(departure);
        const known = rows.get(key);
        if (known === undefined && rows.size >= most) others += 1;
        else rows.set(key, counted(departure, known));
      },
    }),
    report,
    reset: () => {
      const told = report();
      rows = new Map();
      others = 0;
      since = now();
      return told;
    },
  };
}

function keyOf({ operation, version, principal }: Departure): string {
  return JSON.stringify([operation, version, principal?.id, principal?.client]);
}

function counted(departure: Departure, known: Counted | undefined): Counted {
  const time = new Date(departure.at).toISOString();
  const row = known ?? rowOf(departure, time);
  row.calls += 1;
  if (departure.status >= 400) row.refused += 1;
  if (time > row.last) row.last = time;
  return row;
}

function rowOf({ operation = "", version, deprecated, principal }: Departure, time: string): Counted {
  return {
    operation,
    ...(version === undefined ? {} : { version }),
    deprecated,
    ...(principal?.id === undefined ? {} : { principal: principal.id }),
    ...(principal?.client === undefined ? {} : { client: principal.client }),
    calls: 0,
    refused: 0,
    first: time,
    last: time,
  };
}

function byWeight(a: UsageRow, b: UsageRow): number {
  return Number(b.deprecated) - Number(a.deprecated) || b.calls - a.calls || (a.operation < b.operation ? -1 : 1);
}
