import ts from "typescript";
import { describe, expect, it } from "vitest";
import { type Source, sources } from "./sources.js";

const all = sources();
const generator = all.filter((one) => one.file.startsWith("generator/"));
const runtime = all.filter((one) => one.file.startsWith("runtime/src/"));

/** Ground first. A file imports from lower floors and from its own; floors that share a number never import each other. */
const floors: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
  generator: [
    ["generator/code/", 0],
    ["generator/model/", 1],
    ["generator/vocabulary/", 2],
    ["generator/patterns/", 2],
    ["generator/source/", 3],
    ["generator/rules/", 4],
    ["generator/lower/", 4],
    ["generator/settle/", 4],
    ["generator/view/", 4],
    ["generator/render/", 4],
    ["generator/output/", 4],
    ["generator/generate.ts", 5],
    ["generator/index.ts", 6],
    ["generator/commands/", 7],
    ["generator/command-line.ts", 8],
    ["generator/cli.ts", 9],
  ],
  runtime: [
    ["runtime/src/policy/", 0],
    ["runtime/src/problem/", 1],
    ["runtime/src/secrets/", 2],
    ["runtime/src/http/", 3],
    ["runtime/src/schema/", 3],
    ["runtime/src/observe/", 4],
    ["runtime/src/credentials/", 5],
    ["runtime/src/stores/", 5],
    ["runtime/src/server/", 6],
    ["runtime/src/client/", 6],
    ["runtime/src/adapters/", 7],
    ["runtime/src/otel/", 7],
    ["runtime/src/testing/", 7],
  ],
};

function floorOf(file: string, plan: readonly (readonly [string, number])[]): readonly [string, number] | undefined {
  return plan.find(([prefix]) => file.startsWith(prefix));
}

function upward(files: readonly Source[], plan: readonly (readonly [string, number])[]): readonly string[] {
  return files.flatMap((one) => {
    const here = floorOf(one.file, plan);
    if (here === undefined) return [`${one.file} stands on no floor`];
    return one.imports.flatMap((target) => {
      const there = floorOf(target, plan);
      if (there === undefined || there[0] === here[0] || there[1] < here[1]) return [];
      return [`${one.file} → ${target}`];
    });
  });
}

function cycles(files: readonly Source[]): readonly string[] {
  const edges = new Map(files.map((one) => [one.file, one.imports]));
  const state = new Map<string, "open" | "done">();
  const found: string[] = [];
  const visit = (file: string, trail: readonly string[]): void => {
    if (state.get(file) === "done") return;
    if (state.get(file) === "open") {
      found.push([...trail.slice(trail.indexOf(file)), file].join(" → "));
      return;
    }
    state.set(file, "open");
    for (const next of edges.get(file) ?? []) if (edges.has(next)) visit(next, [...trail, file]);
    state.set(file, "done");
  };
  for (const file of edges.keys()) visit(file, []);
  return found;
}

function filesWith(files: readonly Source[], match: (node: ts.Node) => boolean): readonly string[] {
  return files.flatMap((one) => {
    const hits: string[] = [];
    const visit = (node: ts.Node): void => {
      if (match(node)) hits.push(`${one.file}:${one.tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`);
      ts.forEachChild(node, visit);
    };
    visit(one.tree);
    return hits;
  });
}

const importersOf = (name: string) =>
  all.filter((one) => one.imports.some((i) => i === name || i.startsWith(`${name}/`))).map((one) => one.file);

describe("the floor plan", () => {
  it("generator files import from lower floors only", () => {
    expect(upward(generator, floors.generator ?? [])).toEqual([]);
  });

  it("runtime files import from lower floors only", () => {
    expect(upward(runtime, floors.runtime ?? [])).toEqual([]);
  });

  it("no import cycle", () => {
    expect(cycles(all)).toEqual([]);
  });

  it("generator and runtime never import each other", () => {
    const across = generator.filter((one) =>
      one.imports.some((i) => i.includes("runtime/") || i.startsWith("@sallyport")),
    );
    expect(across.map((one) => one.file)).toEqual([]);
    expect(runtime.filter((one) => one.imports.some((i) => i.startsWith("generator/"))).map((one) => one.file)).toEqual(
      [],
    );
  });

  it("the policy vocabulary imports nothing from outside itself", () => {
    const outward = runtime
      .filter((one) => one.file.startsWith("runtime/src/policy/"))
      .flatMap((one) => one.imports.filter((i) => !i.startsWith("runtime/src/policy/")));
    expect(outward).toEqual([]);
  });
});

describe("each heavy library lives in one place", () => {
  it.each([
    ["yargs", ["generator/command-line.ts"]],
    ["handlebars", ["generator/render/"]],
    ["@redocly/openapi-core", ["generator/source/"]],
    ["recheck", ["generator/patterns/"]],
    ["@eslint-community/regexpp", ["generator/patterns/"]],
    ["openapi-typescript", ["generator/view/"]],
    ["undici", ["runtime/src/client/transports/"]],
    ["@trpc/server", ["runtime/src/adapters/"]],
    ["oauth4webapi", ["runtime/src/client/"]],
    ["jose", ["runtime/src/credentials/"]],
    ["@opentelemetry/api", ["runtime/src/otel/"]],
  ])("%s", (library, places) => {
    const importers = importersOf(library);
    expect(importers.length).toBeGreaterThan(0);
    expect(importers.filter((file) => !places.some((place) => file.startsWith(place)))).toEqual([]);
  });
});

describe("what is said once", () => {
  it.each([
    ["how a JSON pointer is spelt", /"~[01]"/, "generator/model/json-pointer.ts"],
    ["what is sensitive", /sensitivity === "(?:pii|secret)"/, "generator/model/sensitivity.ts"],
  ])("%s", (_, words, file) => {
    expect(generator.filter((one) => words.test(one.text)).map((one) => one.file)).toEqual([file]);
  });
});

describe("bans", () => {
  it("no any", () => {
    expect(filesWith(all, (node) => node.kind === ts.SyntaxKind.AnyKeyword)).toEqual([]);
  });

  it("no default export, no export *", () => {
    expect(
      filesWith(
        all,
        (node) =>
          ts.isExportAssignment(node) ||
          (ts.isExportDeclaration(node) && node.exportClause === undefined) ||
          (node.kind === ts.SyntaxKind.DefaultKeyword && ts.isFunctionDeclaration(node.parent)),
      ),
    ).toEqual([]);
  });

  it("no util, helper or common file", () => {
    expect(
      all.map((one) => one.file).filter((file) => /(^|[/-])(utils?|helpers?|common|misc)([./-]|$)/.test(file)),
    ).toEqual([]);
  });

  it("no file over 400 lines", () => {
    expect(all.filter((one) => one.lines > 400).map((one) => `${one.file}: ${one.lines}`)).toEqual([]);
  });

  it("every exported declaration of the runtime is documented", () => {
    const bare = runtime.flatMap((one) =>
      one.tree.statements
        .filter(
          (node) =>
            ts.canHaveModifiers(node) && ts.getModifiers(node)?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword),
        )
        .filter((node) => ts.getJSDocCommentsAndTags(node).length === 0)
        .map((node) => `${one.file}:${one.tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`),
    );
    expect(bare).toEqual([]);
  });
});

describe("sizes (printed, not judged)", () => {
  it("file lengths", () => {
    const lengths = all.map((one) => one.lines).sort((a, b) => a - b);
    const at = (share: number) => lengths[Math.min(lengths.length - 1, Math.floor(lengths.length * share))];
    console.log(`${lengths.length} files; lines: median ${at(0.5)}, p95 ${at(0.95)}, max ${lengths.at(-1)}`);
    expect(lengths.length).toBeGreaterThan(0);
  });
});
