// Writes generator/render/precompiled.ts: `node --import tsx scripts/precompile.ts`.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { precompileTemplates } from "../generator/render/precompile.js";

const target = fileURLToPath(new URL("../generator/render/precompiled.ts", import.meta.url));
const source = precompileTemplates();
// An equal file is left alone: watchers would start over.
if (!existsSync(target) || readFileSync(target, "utf8") !== source) writeFileSync(target, source);
