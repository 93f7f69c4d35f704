import type { Code } from "../code/layout.js";
import { literal } from "../code/literal.js";
import { intersection, typeLiteral, union } from "../code/shapes.js";
import { code } from "../code/template.js";
import type { Operation, ResponseCase } from "../model/api.js";
import { headersType, replyBodyTypes } from "./content.js";
import type { Components } from "./typescript/components.js";

/**
 * The declared responses of an operation, as whoever answers it writes them.
 * @param told what a response says beside what the spec says of it.
 */
export function repliesType(
  operation: Operation,
  components: Components,
  told: (response: ResponseCase) => readonly Code[] = () => [],
): Code {
  return union(operation.responses.map((one) => responseType(operation, one, components, told(one))));
}

function responseType(
  operation: Operation,
  response: ResponseCase,
  components: Components,
  told: readonly Code[],
): Code {
  const { status } = response;
  const headers = headersType(response, components);
  const before = [{ key: "status", type: /^[1-5][0-9]{2}$/.test(status) ? literal(Number(status)) : code`number` }];
  const after = headers === undefined ? [] : [headers];
  const bodies = replyBodyTypes(operation, response, "handler", components);
  if (bodies.length === 0) return typeLiteral([...before, ...after]);
  return union(
    bodies.map(([{ type }, body]) => {
      const named = bodies.length > 1 || type.includes("*") ? [{ key: "type", type: mediaName(type) }] : [];
      const whole = told.length === 0 ? body : intersection([body, ...told]);
      return typeLiteral([...before, ...named, { key: "body", type: whole }, ...after]);
    }),
  );
}

/** A range of the spec stands for all that fall under it. */
export function mediaName(type: string): Code {
  return type.includes("*") ? code`string` : literal(type);
}
