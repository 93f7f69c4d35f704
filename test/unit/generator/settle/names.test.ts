import { readFileSync } from "node:fs";
import * as policy from "@sallyport/runtime/policy";
import * as schema from "@sallyport/runtime/schema";
import fc from "fast-check";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { camelCase, pascalCase } from "../../../../generator/settle/identifier.js";
import { nameByPath } from "../../../../generator/settle/operation-names.js";
import { emittedNames, reservedWords, schemaImports } from "../../../../generator/settle/reserved.js";
import { folded, nameEach } from "../../../../generator/settle/unique.js";

/** Whether the compiler takes a text for one name, spelt as it is. */
function isName(text: string): boolean {
  const [first, ...rest] = [...text].map((one) => one.codePointAt(0) ?? 0);
  const latest = ts.ScriptTarget.Latest;
  return (
    first !== undefined && ts.isIdentifierStart(first, latest) && rest.every((one) => ts.isIdentifierPart(one, latest))
  );
}

describe("identifiers", () => {
  it.each([
    ["repos/list-for-user", "reposListForUser"],
    ["getAccount", "getAccount"],
    ["GetAccount", "getAccount"],
    ["get_account", "getAccount"],
    ["URLList", "urlList"],
    ["LIST_ALL", "listAll"],
    ["getURL", "getURL"],
    ["2fa", "_2fa"],
    ["größe-ändern", "größeÄndern"],
    ["名前", "名前"],
    ["a\u200db", "aB"],
    ["user\u202etxt", "userTxt"],
    ["ﬁle", "file"],
    ["*/;alert(1)//", "alert1"],
    ["!!!", undefined],
    ["", undefined],
  ])("%j → %s", (text, name) => {
    expect(camelCase(text)).toBe(name);
  });

  it("long names end", () => {
    expect(camelCase("x".repeat(300))).toHaveLength(80);
  });

  it("a capital that compilers do not know yet is not used", () => {
    expect(pascalCase("\u019b")).toBe("\u019b");
    expect(pascalCase("äb")).toBe("Äb");
  });

  it("R1 any text becomes an identifier or nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 100 }), (text) => {
        for (const name of [camelCase(text), pascalCase(text)]) if (name !== undefined && !isName(name)) return false;
        return true;
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["GET", "/accounts/{accountId}", "getAccountsByAccountId"],
    ["POST", "/accounts/{id}/payments", "postAccountsByIdPayments"],
    ["GET", "/", "getRoot"],
    ["PURGE", "/a-b/{x}.{ext}", "purgeABByXByExt"],
    ["DELETE", "/{ID}", "deleteById"],
  ])("%s %s → %s", (method, path, name) => {
    expect(nameByPath({ method, path })).toBe(name);
  });

  it("every reserved word of the compiler is reserved", () => {
    for (let kind = ts.SyntaxKind.FirstReservedWord; kind <= ts.SyntaxKind.LastFutureReservedWord; kind++) {
      expect(reservedWords).toContain(ts.tokenToString(kind));
    }
    expect(reservedWords).toContain("await");
  });
});

describe("names that generated code imports are reserved for operations", () => {
  const isFree = (name: string) => /^[a-z]/.test(name) && !emittedNames.has(name) && !schemaImports.has(name);

  it("the vocabularies of policy.ts and schemas.ts", () => {
    expect([...Object.keys(policy), ...Object.keys(schema)].filter(isFree)).toEqual([]);
  });

  it.each(["client", "env", "server", "trpc"])("the imports of %s.ts", (file) => {
    const text = readFileSync(`test/golden/ledger/expected/${file}.ts`, "utf8");
    const lists = [...text.matchAll(/^import (?:type )?(?:\* as (\w+)|\{([^}]*)\})/gm)].map(
      ([, whole, names]) => whole ?? names ?? "",
    );
    const names = lists.flatMap((list) => list.split(",").map((one) => one.trim().replace(/^type /, "")));
    expect(names.length).toBeGreaterThan(0);
    // What an operation brings along as a value is called something else where an operation has its name.
    const parts = [...text.matchAll(/\b(?:writes|reads): \[([^\]]*)\]/g)].flatMap(
      ([, list = ""]) => list.match(/\w+/g) ?? [],
    );
    expect(names.filter((name) => isFree(name) && !parts.includes(name))).toEqual([]);
  });
});

describe("unique names", () => {
  it("who asks for its own spelling gets it; case does not tell names apart", () => {
    const names = nameEach(
      [
        { original: "get-user", wanted: "getUser" },
        { original: "getUser", wanted: "getUser" },
        { original: "getuser", wanted: "getuser" },
        { original: "get user", wanted: "getUser" },
      ],
      () => true,
    );
    expect(Object.fromEntries(names)).toEqual({
      getUser: "getUser",
      getuser: "getuser2",
      "get user": "getUser3",
      "get-user": "getUser4",
    });
  });

  it("does not depend on the order of the claims", () => {
    const claim = fc.string({ unit: fc.constantFrom("a", "A", "b", "-", "2"), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.uniqueArray(claim, { maxLength: 20 }), fc.infiniteStream(fc.nat()), (texts, random) => {
        const claims = texts.map((original) => ({ original, wanted: camelCase(original) ?? "x" }));
        const shuffled = claims
          .map((one) => [random.next().value, one] as const)
          .sort(([a], [b]) => Number(a) - Number(b));
        const one = nameEach(claims, () => true);
        const other = nameEach(
          shuffled.map(([, c]) => c),
          () => true,
        );
        expect(new Map([...other].sort())).toEqual(new Map([...one].sort()));
        expect(new Set([...one.values()].map(folded)).size).toBe(texts.length);
      }),
    );
  });
});
