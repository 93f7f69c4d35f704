import fc from "fast-check";
import { expect, it } from "vitest";
import { parseJson } from "../../../../runtime/src/http/json.js";

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

it("whatever JSON.stringify writes is read as it was, unless a name is __proto__", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 1, "\t"), (value, space) => {
      const text = JSON.stringify(value, undefined, space);
      const reading = parseJson(text, 16);
      fc.pre(!text.includes("__proto__"));
      expect("value" in reading ? plain(reading.value) : reading).toEqual(JSON.parse(text));
    }),
  );
});

it("a name that is there twice is found wherever it stands, however it is spelt", () => {
  const escaped = (text: string) =>
    [...text].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
  const name = fc.stringMatching(/^[a-z:{}[\],]{1,8}$/);
  fc.assert(
    fc.property(name, fc.dictionary(name, fc.jsonValue({ maxDepth: 2 })), fc.boolean(), (twice, others, wrapped) => {
      const members = Object.entries(others).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
      const object = `{${[`"${escaped(twice)}":1`, ...members, `"${twice}":{}`].join(",")}}`;
      fc.pre(!object.includes("__proto__"));
      expect(parseJson(wrapped ? `[{"x":${object}}]` : object, 16)).toEqual({ fault: "An object has a name twice." });
    }),
  );
});

it("no text makes it throw", () => {
  const piece = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    '"',
    "\\",
    ":",
    ",",
    "1",
    "e9",
    "a",
    "\\u00",
    "\\ud800",
    "null",
    " ",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = pieces.join("");
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      const reading = parseJson(text, 64);
      if (!valid) expect("fault" in reading).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
