import type { Code } from "../../code/layout.js";
import { code } from "../../code/template.js";
import type { Scheme } from "../../model/security.js";

type Kind = Scheme["kind"];

/** What makes a credential of each kind of scheme, in @sallyport/runtime/client; none for schemes that are proved by code of one's own. */
export const credentials: Readonly<Record<Kind, string | undefined>> = {
  token: "bearer",
  apiKey: "apiKey",
  basic: "basic",
  certificate: "certificate",
  http: undefined,
};

interface Words {
  readonly example: Code;
  readonly how: Code;
}

/** How each kind of credential is made, for people. */
export const credentialWords: Readonly<Record<Kind, Words>> = {
  token: {
    example: code`bearer(() => readToken())`,
    how: code`\`bearer(token)\`, or what \`@sallyport/runtime/client/oauth\` has: \`clientCredentials\`, \`session\`, \`tokenExchange\``,
  },
  apiKey: { example: code`apiKey(() => readKey())`, how: code`\`apiKey(key)\`` },
  basic: { example: code`basic({ username, password })`, how: code`\`basic({ username, password })\`` },
  certificate: { example: code`certificate()`, how: code`\`certificate()\`, with \`tls: { cert, key }\`` },
  http: { example: code`ownCredential`, how: code`an \`HttpCredential\` of your own` },
};
