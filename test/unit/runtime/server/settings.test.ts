import { readSettings, StartError } from "@sallyport/runtime/server";
import { expect, it } from "vitest";

it("settings are read by name", () => {
  expect(readSettings({ A: "1", B: "two", C: "3" }, ["A", "B"])).toEqual({ A: "1", B: "two" });
});

it("every missing and every empty setting is named at once, and no value is shown", () => {
  const read = () => readSettings({ A: "value-of-a", B: " ", toString: undefined }, ["A", "B", "C", "toString"]);
  expect(read).toThrow(StartError);
  expect(read).toThrow("missing_setting: B is not set in the environment.\nmissing_setting: C is");
  expect(read).toThrow("missing_setting: toString is");
  expect(read).not.toThrow("value-of-a");
});
