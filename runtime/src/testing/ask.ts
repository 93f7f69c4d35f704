import type { Headers, OperationCase, SecuritySetup } from "./matrix.js";

/** What the server answered. */
export interface Answer {
  readonly status: number;
  readonly challenge: string | undefined;
  /** Without what is new in every answer: the request's id and the date. */
  readonly told: string;
}

/** An id that is no object's. */
export const nobodys = "00000000-0000-4000-8000-000000000000";

/** Asks for an operation. Nothing is changed by it: ids are made up, and bodies are empty, unless a test says otherwise. */
export async function ask(
  operation: OperationCase,
  setup: SecuritySetup,
  headers: Headers,
  more: { readonly id?: string; readonly body?: unknown } = {},
): Promise<Answer> {
  const { method, path, object, body } = operation;
  const target = path.replace(/\{([^}]*)\}/g, (_, name: string) => {
    const id = name === object?.parameter ? more.id : undefined;
    return encodeURIComponent(id ?? setup.path?.[name] ?? nobodys);
  });
  const sends = body !== undefined && (more.body !== undefined || body.required);
  const answer = await (setup.fetch ?? fetch)(`${setup.baseUrl.replace(/\/+$/, "")}${target}`, {
    method,
    redirect: "manual",
    headers: { ...headers, ...(sends ? { "content-type": body.media } : {}) },
    ...(sends ? { body: JSON.stringify(more.body ?? {}) } : {}),
  });
  const id = answer.headers.get("x-request-id") ?? "";
  const passing = /^(date$|x-request-id$|ratelimit|x-ratelimit|retry-after)/;
  const rest: (readonly [string, string])[] = [];
  answer.headers.forEach((value, name) => {
    if (!passing.test(name)) rest.push([name, value]);
  });
  const told = JSON.stringify([rest, await answer.text()]);
  return {
    status: answer.status,
    challenge: answer.headers.get("www-authenticate") ?? undefined,
    // What the caller has said itself, it may be told again: a Link to the successor of the operation, for example.
    told: [id, more.id ?? ""].reduce((text, own) => (own === "" ? text : text.replaceAll(own, "ID")), told),
  };
}
