import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { entries } from "../../scripts/corpus/entry.js";
import { overlayFor } from "../../scripts/corpus/overlay.js";
import { documentOf, install } from "../../scripts/corpus/packages.js";
import { root, work } from "./peers.js";

/** A description to measure with, and what says of it who may call. */
export interface Target {
  readonly name: string;
  readonly spec: string;
  readonly overlay: string;
}

const chosen = [
  { name: "GitHub", id: "octokit-openapi-api.github.com", overlay: "examples/overlay/github.overlay.yaml" },
  { name: "Train travel", id: "readme-oas-examples-3.1-json-train-travel" },
  { name: "Magento", id: "magento.com" },
] as const;

/** A very large, a small and a large description: should time run out, the largest is there. */
export function targets(): readonly Target[] {
  const all = entries();
  const found = chosen.flatMap((one) => all.filter((entry) => entry.id === one.id).map((entry) => ({ ...one, entry })));
  install(found.map((one) => one.entry));
  return found.map((one) => {
    const spec = documentOf(one.entry);
    const overlay = "overlay" in one ? path.join(root, one.overlay) : written(one.id, spec);
    return { name: one.name, spec, overlay };
  });
}

function written(id: string, spec: string): string {
  const file = path.join(work, "overlays", `${id}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, overlayFor(JSON.parse(readFileSync(spec, "utf8"))));
  return file;
}
