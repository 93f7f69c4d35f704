import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { DiagnosticError } from "../../generator/code/diagnostic.js";
import { renderDiagnostics } from "../../generator/commands/print.js";
import { type EmitOptions, emit } from "../../generator/generate.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const cases = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** A case is a folder: `spec.yaml` in; `expected/` out, or `stderr.txt` where it must fail. `vitest -u` rewrites both. */
describe.each(cases)("%s", (name) => {
  const folder = path.join(here, name);
  const overlays = existsSync(path.join(folder, "overlay.yaml")) ? ["overlay.yaml"] : [];
  const given = path.join(folder, "options.json");
  const options = existsSync(given)
    ? (JSON.parse(readFileSync(given, "utf8")) as Pick<EmitOptions, "also" | "package">)
    : {};
  const fails = existsSync(path.join(folder, "stderr.txt"));

  const refused = async () => {
    const thrown = await emit({ spec: "spec.yaml", overlays, cwd: folder, ...options }).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(thrown).toBeInstanceOf(DiagnosticError);
    if (!(thrown instanceof DiagnosticError)) return;
    const text = (file: string) => readFileSync(path.join(folder, file), "utf8");
    await expect(renderDiagnostics(thrown.diagnostics, text)).toMatchFileSnapshot(path.join(folder, "stderr.txt"));
  };

  const emitted = async () => {
    const { files } = await emit({ spec: "spec.yaml", overlays, cwd: folder, ...options });
    expect(files.length).toBeGreaterThan(0);
    const stale = readdirSync(path.join(folder, "expected"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(path.join(folder, "expected"), path.join(entry.parentPath, entry.name)))
      .filter((file) => !files.some((one) => one.path === file.split(path.sep).join("/")));
    expect(stale).toEqual([]);
    for (const file of files) {
      await expect(file.text).toMatchFileSnapshot(path.join(folder, "expected", file.path));
    }
  };

  it(fails ? "is refused with every complaint at once" : "emits what it emitted before", fails ? refused : emitted);
});
