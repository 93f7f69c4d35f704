import { docComment, type Tag } from "../code/comment.js";
import { identifier } from "../code/identifier.js";
import type { Code } from "../code/layout.js";
import type { Api, Operation } from "../model/api.js";

/** Where emitted names come from. */
export const modules = {
  policy: "@sallyport/runtime/policy",
  server: "@sallyport/runtime/server",
  client: "@sallyport/runtime/client",
  trpc: "@sallyport/runtime/trpc",
  outgoing: "@sallyport/runtime/outgoing",
} as const;

/** `closeAccount` → `CloseAccount`. */
export function pascal(name: string): string {
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}

/** The name of a type that belongs to an operation, a group or an object: `CloseAccountCall`. */
export function typeName(name: string, suffix: string): Code {
  return identifier(`${pascal(name)}${suffix}`);
}

/** `DELETE /accounts/{accountId}`. */
export function route({ method, path }: Operation): string {
  return `${method} ${path}`;
}

/** The comment above whatever belongs to an operation: where it stands in the spec, in the words of the spec. */
export function operationDoc(operation: Operation, ...more: readonly Tag[]): Code {
  const { summary } = operation;
  const title = `\`${route(operation)}\``;
  return docComment(isSaid(summary) ? `${title}: ${summary}` : title, ...more);
}

export function isSaid(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== "";
}

export interface Group {
  readonly name: string;
  readonly operations: readonly Operation[];
}

/** The groups of handlers by name, the operations of each in the order of the model. */
export function groupsOf({ operations }: Api): readonly Group[] {
  const groups = new Map<string, Operation[]>();
  for (const operation of operations) {
    const members = groups.get(operation.group);
    if (members === undefined) groups.set(operation.group, [operation]);
    else members.push(operation);
  }
  return [...groups]
    .map(([name, members]) => ({ name, operations: members }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
