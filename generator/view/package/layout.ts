import type { PackageFacts } from "./facts.js";

/** TypeScript that reads what is emitted. */
const typescript = "^5.9.3";

/** package.json. Conditions for browsers and other platforms are the runtime's: the same files run on all of them. */
export function packageJson({ name, version, license }: PackageFacts, title: string, runtime: string): string {
  const entry = (file: string) => ({ types: `./dist/${file}.d.ts`, default: `./dist/${file}.js` });
  return json({
    name,
    version,
    description: `A client of ${title}.`,
    license: license ?? "SEE LICENSE IN LICENSE",
    type: "module",
    sideEffects: false,
    engines: { node: ">=20.19" },
    exports: { ".": entry("index"), "./fakes": entry("fakes"), "./package.json": "./package.json" },
    files: ["dist", "src", "CHANGELOG.md"],
    scripts: { build: "tsc -p tsconfig.json", prepack: "npm run build" },
    peerDependencies: { "@sallyport/runtime": `^${runtime}` },
    devDependencies: { "@sallyport/runtime": `^${runtime}`, typescript },
  });
}

/** tsconfig.json: as strict as the strictest reader. */
export function tsconfigJson(): string {
  return json({
    compilerOptions: {
      target: "es2022",
      lib: ["es2023", "dom", "dom.iterable", "dom.asynciterable"],
      module: "nodenext",
      moduleResolution: "nodenext",
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      verbatimModuleSyntax: true,
      isolatedModules: true,
      skipLibCheck: true,
      declaration: true,
      declarationMap: true,
      sourceMap: true,
      rootDir: "src",
      outDir: "dist",
    },
    include: ["src"],
  });
}

/** CHANGELOG.md, written once. */
export function changelog({ version }: PackageFacts): string {
  return `# Changelog\n\nThis file is yours: it was written once.\n\n## ${version}\n\n- The first version.\n`;
}

/** LICENSE, written once: a hint, since a licence is nobody's to choose but the owner's. */
export function licenseText({ license }: PackageFacts): string {
  if (license === undefined)
    return "Say here under which terms this package may be used, and in the licence of the configuration. This file is yours.\n";
  return `This package may be used under ${license}. Put the text of that licence here: https://spdx.org/licenses/\n`;
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
