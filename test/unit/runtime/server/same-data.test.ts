import "temporal-polyfill/global";
import type {} from "temporal-polyfill/types/global";
import { describe, expect, it } from "vitest";
import { sameData } from "../../../../runtime/src/server/same-data.js";

const at = "2026-01-02T03:04:05.123456789Z";
const date = new Date("2026-01-02T03:04:05Z");
const instant = Temporal.Instant.from(at);
const day = Temporal.PlainDate.from("2026-01-02");

describe("R26 data that is sent is what is stored", () => {
  it.each([
    ["the text of a Date without a fraction", date, "2026-01-02T03:04:05Z"],
    ["the same instant with another offset", date, "2026-01-02T04:04:05+01:00"],
    ["a text beside a stored Date", "2026-01-02T04:04:05+01:00", date],
    ["a day beside a stored Date", "2026-01-02", new Date("2026-01-02T00:00:00Z")],
    ["two Dates", date, new Date(date)],
    ["a Date beside an Instant", date, Temporal.Instant.from("2026-01-02T03:04:05Z")],
    ["an Instant beside the text of another offset", instant, "2026-01-02T04:04:05.123456789+01:00"],
    ["a text beside a stored Instant", at, instant],
    ["two Instants", instant, Temporal.Instant.from(at)],
    ["a time before 1970", Temporal.Instant.from("1969-12-31T23:59:59.999999999Z"), "1969-12-31T23:59:59.999999999Z"],
    ["days", day, "2026-01-02"],
    ["two days", day, Temporal.PlainDate.from("2026-01-02")],
    ["within objects and lists", { all: [date] }, { all: ["2026-01-02T03:04:05Z"] }],
    ["digits", "5", 5n],
  ])("%s", (_, sent, stored) => {
    expect(sameData(sent, stored)).toBe(true);
  });

  it.each([
    ["another second", date, "2026-01-02T03:04:06Z"],
    ["another nanosecond", instant, Temporal.Instant.from("2026-01-02T03:04:05.123456788Z")],
    ["another nanosecond of a text", instant, "2026-01-02T03:04:05.123456788Z"],
    ["a text without that fraction", instant, "2026-01-02T03:04:05.123Z"],
    ["another day", day, "2026-01-03"],
    ["no moment", date, "yesterday"],
    ["nothing", date, null],
    ["nothing stored", undefined, date],
    ["two that are no Date", new Date(Number.NaN), new Date(Number.NaN)],
    ["a Date and an object", date, {}],
    ["other digits", "5", 6n],
  ])("but not %s", (_, sent, stored) => {
    expect(sameData(sent, stored)).toBe(false);
  });
});
