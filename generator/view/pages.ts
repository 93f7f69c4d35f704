import { useType } from "../code/identifier.js";
import type { Code } from "../code/layout.js";
import { literal } from "../code/literal.js";
import { generic } from "../code/shapes.js";
import { code } from "../code/template.js";
import { unescaped } from "../model/json-pointer.js";
import type { Pagination } from "../model/pagination.js";
import { modules } from "./names.js";

/** The type of what a page has many of, by the type of the page. */
export function itemType(page: Code, { items }: Pagination): Code {
  const tokens = items.split("/").slice(1).map(unescaped);
  return tokens.length === 0
    ? generic(useType("PageItem", modules.policy), [page, code`[]`])
    : generic(useType("PageItem", modules.policy), [page, literal(tokens)]);
}
