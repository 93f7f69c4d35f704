import { identifier, useType } from "../../code/identifier.js";
import type { Code } from "../../code/layout.js";
import { literal } from "../../code/literal.js";
import { code } from "../../code/template.js";
import type { Api } from "../../model/api.js";
import type { NamedSchema, Schema } from "../../model/schema.js";
import { type Find, type Form, formsOf } from "./forms.js";

/** Component schemas, as types see them. */
export interface Components {
  readonly find: Find;
  readonly immutable: boolean;
  /** The type of a component in one of its forms. */
  readonly typeOf: (component: NamedSchema, form: Form) => Code;
  /** Whether a schema looks different in this form than as a whole. */
  readonly differs: (schema: Schema, form: Form) => boolean;
  /** Whether the type of any component was asked for as a whole: the file then declares `Schemas`. */
  readonly areUsed: () => boolean;
  /** The components that have a type of their own in a form, in the order of the model. */
  readonly inForm: (form: Form) => readonly NamedSchema[];
}

/** What types.ts calls the components in each form. */
export const formNames: Readonly<Record<Form, string>> = {
  sent: "Requests",
  received: "Received",
  response: "Responses",
};

interface Options {
  /** In types.ts itself nothing has to be imported. */
  readonly within?: "types.ts";
  /** Whether arrays are `readonly`: what is printed for one operation is, so that a caller may pass either. */
  readonly immutable?: boolean;
}

export function componentsOf(
  { schemas }: Pick<Api, "schemas">,
  { within, immutable = true }: Options = {},
): Components {
  const byName = new Map(schemas.map((one) => [one.name, one]));
  const find: Find = (name) => byName.get(name);
  const forms = formsOf(schemas, find);
  const interfaceOf = (form: Form) =>
    within === "types.ts" ? identifier(formNames[form]) : useType(formNames[form], "./types.js");
  let used = false;
  return {
    find,
    immutable,
    areUsed: () => used,
    differs: (schema, form) => ownForm(forms.ofSchema(schema), form) !== undefined,
    inForm: (form) => schemas.filter((one) => one.inComponents && forms.ofComponent(one.name).has(form)),
    typeOf: (component, form) => {
      const own = ownForm(forms.ofComponent(component.name), form);
      if (own !== undefined) return code`${interfaceOf(own)}[${literal(component.key)}]`;
      used = true;
      return code`Schemas[${literal(component.key)}]`;
    },
  };
}

/** The form whose type is meant; `undefined` for the whole. A handler receives what was sent, where there is no default to fill in. */
function ownForm(own: ReadonlySet<Form>, form: Form): Form | undefined {
  if (own.has(form)) return form;
  return form === "received" && own.has("sent") ? "sent" : undefined;
}
