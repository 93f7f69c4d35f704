import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { lower } from "../../generator/lower/lower.js";
import type { Api } from "../../generator/model/api.js";
import type { Spec } from "../../generator/model/spec.js";
import { settle } from "../../generator/settle/settle.js";
import { loadSpec } from "../../generator/source/load.js";

/** The model of a spec that is written in a test. */
export async function modelOf(spec: object): Promise<{ readonly api: Api; readonly spec: Spec }> {
  const folder = mkdtempSync(path.join(tmpdir(), "sallyport-model-"));
  try {
    writeFileSync(path.join(folder, "spec.json"), JSON.stringify(spec));
    const loaded = await loadSpec({ entry: "spec.json", overlays: [], cwd: folder, allowWidening: false });
    return { api: settle(lower(loaded, {})), spec: loaded };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
