import fc from "fast-check";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { comment, docComment } from "../../../../generator/code/comment.js";
import { identifier, member, propertyKey, use } from "../../../../generator/code/identifier.js";
import type { Json } from "../../../../generator/code/json.js";
import type { Code } from "../../../../generator/code/layout.js";
import { literal } from "../../../../generator/code/literal.js";
import { print } from "../../../../generator/code/print.js";
import { call } from "../../../../generator/code/shapes.js";
import { code } from "../../../../generator/code/template.js";

const hostile = [
  '"; globalThis.pwned = 1; "',
  "'; globalThis.pwned = 1; '",
  "`$" + "{globalThis.pwned = 1}`",
  '\\"; globalThis.pwned = 1; //\\',
  "*/ globalThis.pwned = 1; /*",
  "**//\nglobalThis.pwned = 1;//",
  "***///*/*/ globalThis.pwned = 1",
  "*\u200b/ globalThis.pwned = 1; /*",
  "*\u0000/ globalThis.pwned = 1; /*",
  "x\r\npwned\rpwned\u2028pwned\u2029pwned\u0085pwned",
  "\u202e\u2066 safe \u2069\ufeff\u{e0041}\ud800",
  "@ts-ignore",
  "",
];

// biome-ignore lint/suspicious/noControlCharactersInRegex: raw controls are what we look for.
const raw = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]/u;
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc
    .array(fc.constantFrom("*", "/", "\n", "\r", "\u2028", "\\", '"', "'", "`", "$" + "{", "@", "a", " "), {
      maxLength: 40,
    })
    .map((all) => all.join("")),
);

function statements(source: string): ts.SourceFile {
  const tree = ts.createSourceFile("x.ts", source, ts.ScriptTarget.Latest, true);
  expect((tree as unknown as { parseDiagnostics: readonly unknown[] }).parseDiagnostics).toEqual([]);
  return tree;
}

/** The value of an emitted expression. */
function evaluated(emitted: Code): unknown {
  return new Function(`return (${print(emitted)});`)();
}

describe("R1 a value of the spec stays inside its literal", () => {
  it.each(hostile)("%j", (text) => {
    expect(evaluated(literal(text))).toBe(text);
    expect(print(literal(text))).not.toMatch(raw);
  });

  it("any text reads back as itself", () => {
    fc.assert(fc.property(anyText, (text) => evaluated(literal(text)) === text && !raw.test(print(literal(text)))));
  });

  it("any JSON value reads back as itself, at any width", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.integer({ min: 1, max: 120 }), (value, width) => {
        const back = new Function(`return (${print(literal(value as Json), { width })});`)();
        expect(JSON.stringify(back)).toBe(JSON.stringify(value));
      }),
    );
  });

  it("a key named __proto__ is a key", () => {
    const value = evaluated(literal(JSON.parse('{"__proto__":{"admin":true}}')));
    expect(Object.keys(value as object)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it("prefers the quotes that need fewer escapes", () => {
    expect(print(literal('say "hi"'))).toBe("'say \"hi\"'");
    expect(print(literal('it\'s "it"'))).toBe("'it\\'s \"it\"'");
    expect(print(literal("it's"))).toBe('"it\'s"');
  });

  it("refuses what is not JSON", () => {
    expect(() => literal(Number.NaN)).toThrow(RangeError);
    expect(() => literal(undefined as unknown as Json)).toThrow(TypeError);
  });
});

describe("R1 a name of the spec stays a name", () => {
  it.each([...hostile, "a b", "a-b", "1a", "a\u200d", "class", "await"])("identifier refuses %j", (name) => {
    expect(() => identifier(name)).toThrow(TypeError);
  });

  it.each([...hostile, "a b", "1", "01", "class", "__proto__", "constructor"])(
    "%j can be a key and a member",
    (name) => {
      const object = new Function(`return ({ ${print(propertyKey(name))}: 1 });`)();
      expect(Object.keys(object)).toEqual([name]);
      expect(new Function("it", `return it${print(member(name))};`)(object)).toBe(1);
    },
  );

  it("only modules of ours are imported", () => {
    expect(() => use("x", 'y"; globalThis.pwned = 1; "')).toThrow(TypeError);
    expect(() => use("x; globalThis.pwned = 1", "./policy.js")).toThrow(TypeError);
  });
});

describe("R2 text of the spec stays inside its comment", () => {
  it.each(hostile)("%j", (text) => {
    for (const emitted of [comment(text), docComment(text), docComment(text, text), docComment(text.repeat(40))]) {
      const source = print(emitted);
      expect(source).not.toMatch(raw);
      expect(statements(source).statements.length).toBe(0);
      expect(source).not.toMatch(/(^|[\s*/])@ts-/);
    }
  });

  it("any text", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const emitted of [comment(text), docComment(text, text)]) {
          const source = print(emitted);
          expect(source).not.toMatch(raw);
          expect(statements(`${source}\n`).statements.length).toBe(0);
        }
      }),
    );
  });

  it("cannot silence the compiler or point to a source map", () => {
    expect(print(docComment("@ts-ignore"))).toBe("/** \\@ts-ignore */");
    expect(print(comment("# sourceMappingURL=//evil.example"))).not.toContain("# sourceMappingURL");
  });

  it("cuts what is long and wraps it", () => {
    const source = print(docComment("word ".repeat(1000)));
    expect(source.length).toBeLessThan(800);
    expect(source).toContain("…");
    for (const row of source.split("\n")) expect(row.length).toBeLessThanOrEqual(120);
  });
});

describe("nothing else is Code", () => {
  const forged: readonly unknown[] = [
    "globalThis.pwned",
    { kind: "text", text: "pwned" },
    null,
    ["pwned"],
    JSON.parse('{"Symbol(Code)":1}'),
  ];

  it.each(forged)("%j is refused where Code stands", (value) => {
    expect(() => code`const x = ${value as Code};`).toThrow(TypeError);
    expect(() => call(identifier("f"), [value as Code])).toThrow(TypeError);
    expect(() => print(value as Code)).toThrow(TypeError);
  });

  it("the template tag takes no text at run time", () => {
    expect(() => code(["globalThis.pwned = 1"] as unknown as TemplateStringsArray)).toThrow(TypeError);
  });
});
