import type { Code } from "../../code/layout.js";
import { literal } from "../../code/literal.js";
import { object } from "../../code/shapes.js";
import type { Pagination } from "../../model/pagination.js";
import { optional } from "./scheme.js";

/** How the pages of an operation are gone through. What goes without saying is not said. */
export function pagesCode({ type, parameter, first, items, next, more, total, maxPages }: Pagination): Code {
  const usual = type === "page" ? 1 : 0;
  return object([
    { key: "type", value: literal(type) },
    ...optional("parameter", parameter, (one) => literal(`${one.in}:${one.name}`)),
    ...optional("first", first === usual ? undefined : first, literal),
    { key: "items", value: literal(items) },
    ...optional("next", next, literal),
    ...optional("more", more, literal),
    ...optional("total", total, literal),
    ...optional("maxPages", maxPages === 1_000 ? undefined : maxPages, literal),
  ]);
}
