import { expect, it } from "vitest";
import { linksOf } from "../../../../runtime/src/client/links.js";

it.each([
  ['</a?page=2>; rel="next"', ["next /a?page=2"]],
  ["</a>;rel=next", ["next /a"]],
  ['</a>; title="x, y; rel=prev"; rel="next last", <b>; REL=Prev', ["next /a", "last /a", "prev b"]],
  ['</a>; rel="first"; rel="next"', ["first /a"]],
  ['</a>; rel="next"; anchor="#elsewhere"', []],
  ['</a>; title="a \\" quote"; rel=next', ["next /a"]],
  ['</a>; type=x; rel=alternate, </b>; media=rel; REL = "next"', ["alternate /a", "next /b"]],
  ['</a,b;c>; rel="https://a.example/x;y,z next"', ["https://a.example/x%3by%2cz /a,b;c", "next /a,b;c"]],
  ["</a>; anchor; rel=next, </b>; anchors=1; rel=next", ["next /b"]],
  ['</a>; title="; rel=next, <b>; rel=next', []],
  ["</a>, ; rel=next", []],
  ["</a>", []],
  ["no link at all", []],
  [`</a>; title="${'\\"'.repeat(5_000)}; rel=next`, []],
  [`${"<".repeat(5_000)}${";a=b".repeat(5_000)}`, []],
])("RFC 8288 %s", (header, expected) => {
  expect(linksOf(header).map(({ rel, href }) => `${rel} ${href}`)).toEqual(expected);
});
