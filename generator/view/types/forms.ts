import { docComment } from "../../code/comment.js";
import { identifier } from "../../code/identifier.js";
import { typeLiteral } from "../../code/shapes.js";
import type { Api } from "../../model/api.js";
import type { NamedSchema } from "../../model/schema.js";
import { type Components, componentsOf, formNames } from "../typescript/components.js";
import type { Form } from "../typescript/forms.js";
import { typeOf } from "../typescript.js";
import type { Fields } from "../view.js";

const words: Readonly<Record<Form, string>> = {
  sent: "Schemas as a client sends them: without their `readOnly` properties.",
  received: "Schemas as a handler receives them: as they were sent, with every default filled in.",
  response: "Schemas as a server answers them: without their `writeOnly` properties.",
};

/** The components whose values do not travel both ways as they are, in each of their forms. */
export function formsData(api: Pick<Api, "schemas">): Fields {
  const components = componentsOf(api, { within: "types.ts", immutable: false });
  const forms = (["sent", "received", "response"] as const)
    .map((form) => ({ form, all: components.inForm(form).filter((one) => isReached(one, form)) }))
    .filter(({ all }) => all.length > 0)
    .map(({ form, all }) => ({
      doc: docComment(words[form]),
      name: identifier(formNames[form]),
      members: typeLiteral(
        all.map((one) => member(one, form, components)),
        { open: true },
      ),
    }));
  return { forms, hasSchemas: components.areUsed() };
}

/** What nobody sends has no form to be sent in. What a loader of objects answers may be in no response. */
function isReached({ inRequests }: NamedSchema, form: Form): boolean {
  return form === "response" || inRequests;
}

function member({ key, schema }: NamedSchema, form: Form, components: Components) {
  return { key, type: typeOf(schema, form, components) };
}
