import { docComment } from "../code/comment.js";
import { useType } from "../code/identifier.js";
import { literal } from "../code/literal.js";
import { typeLiteral } from "../code/shapes.js";
import { code } from "../code/template.js";
import type { Api } from "../model/api.js";
import type { SettingUse } from "../model/security.js";
import { modules } from "./names.js";
import type { View } from "./view.js";

/** env.ts: the settings that the server needs from its environment. */
export function envView({ settings }: Api): View {
  const namesOf = (secret: boolean) => settings.filter((one) => one.secret === secret).map(({ name }) => name);
  const secrets = namesOf(true);
  return {
    template: "env",
    data: {
      hasSettings: settings.length > 0,
      members: typeLiteral(
        settings.map(({ name, description, secret }) => ({
          key: name,
          type: secret ? useType("Secret", modules.server) : code`string`,
          doc: docComment(description),
        })),
        { open: true },
      ),
      all: literal(settings.map(({ name }) => name)),
      names: [namesOf(false), ...(secrets.length > 0 ? [secrets] : [])].map((names) => literal(names)),
    },
  };
}

/** .env.example: the same names, empty. A value would be a secret in a repository. */
export function envExample({ settings }: Api): string {
  return settings.map(exampleOf).join("\n");
}

function exampleOf({ name, description }: SettingUse): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new TypeError(`${JSON.stringify(name)} is no name of a variable`);
  return `# ${oneLine(description)}\n${name}=\n`;
}

/** R2: nothing in a description may end its line. */
function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .replace(/\p{Cf}/gu, "")
    .trim();
}
