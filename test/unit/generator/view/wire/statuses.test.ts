import { describe, expect, it } from "vitest";
import { print } from "../../../../../generator/code/print.js";
import { object } from "../../../../../generator/code/shapes.js";
import { code } from "../../../../../generator/code/template.js";
import { byStatus } from "../../../../../generator/view/wire/statuses.js";

const something = code`[1]`;
const nothing = code`[]`;
const said = (...responses: Parameters<typeof byStatus>[0]) => print(object(byStatus(responses, nothing)));

describe("what responses say, by status", () => {
  it("a status that is declared says nothing of its range, nor of the default", () => {
    expect(said(["200", undefined], ["204", something], ["2XX", something])).toBe('{ 200: [], 204: [1], "2XX": [1] }');
    expect(said(["200", undefined], ["4XX", undefined], ["default", something])).toBe(
      '{ 200: [], "4XX": [], default: [1] }',
    );
  });

  it("where nothing wider says anything, nothing is to be said", () => {
    expect(said(["200", undefined], ["404", something], ["4XX", something], ["default", undefined])).toBe(
      '{ 404: [1], "4XX": [1] }',
    );
  });
});
