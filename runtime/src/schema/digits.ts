import type * as z from "zod";
import { fails, fault, made } from "./made.js";

/** An integer, held as the text of its digits: spelt as JSON would spell it, and such as the schema of the integer lets through. */
export function digits(integer: z.ZodType<bigint>): z.ZodType<string, string> {
  return made<string, string>((value, run) => {
    if (typeof value !== "string" || !/^(?:0|-?[1-9]\d{0,30})$/.test(value))
      return fails(value, [fault(value, "is no integer")]);
    return { ...run(integer, BigInt(value)), value };
  });
}
