import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { usageFault } from "./usage.js";

/**
 * Imports a package that the user's project has installed, or whoever runs us. The generator depends on none of them: it knows their
 * shape, and the user has their version.
 */
export async function importInstalled(name: string, cwd: string): Promise<Readonly<Record<string, unknown>>> {
  const places = [path.join(cwd, "package.json"), import.meta.url];
  for (const place of places) {
    const found = resolveFrom(place, name);
    if (found !== undefined) return import(pathToFileURL(found).href);
  }
  const [scope = "", rest = ""] = name.split("/");
  const folder = name.startsWith("@") ? `${scope}/${rest}` : scope;
  throw usageFault("SP084", `${folder} is not installed here.`, `Run \`npm install ${folder}\`.`);
}

function resolveFrom(place: string, name: string): string | undefined {
  try {
    return createRequire(place).resolve(name);
  } catch {
    return undefined;
  }
}
