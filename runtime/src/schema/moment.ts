import type * as z from "zod";
import { type MomentName, type Moments, momentText, momentOf as read } from "../policy/index.js";
import { fails, fault, holds, made } from "./made.js";

/** A date, held as the platform has it: one that RFC 3339 can spell. */
export function moment<Name extends MomentName>(name: Name): z.ZodType<Moments[Name], Moments[Name]> {
  return made<Moments[Name], Moments[Name]>((value) =>
    momentText(name, value) === undefined
      ? fails(value, [fault(value, name === "PlainDate" ? "is no date" : "is no date-time")])
      : holds(value),
  );
}

/**
 * The date that a text of the spec says.
 * @throws RangeError where it says none.
 */
export function momentOf<Name extends MomentName>(name: Name, text: string): Moments[Name] {
  const found = read(name, text);
  if (found === undefined) throw new RangeError(`${JSON.stringify(text)} is no ${name}`);
  return found;
}
