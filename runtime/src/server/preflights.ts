import type { Exchange, Reply } from "../http/exchange.js";
import type { Api } from "./contract.js";

/**
 * Answers a preflight that does not say which version it is for: as the first API that lets the page send what it asks for. It runs no guard
 * and no handler, and the call itself is judged by its own version (Fetch Standard, 3.3.5).
 */
export async function answerPreflight(apis: readonly Api[], exchange: Exchange): Promise<Reply | undefined> {
  const wanted = fieldsOf(exchange.headers.all("access-control-request-headers"));
  const replies: Reply[] = [];
  for (const api of apis) {
    const reply = await api.handle(exchange);
    if (reply !== undefined) replies.push(reply);
  }
  const allowing = replies.filter(({ status }) => status === 204);
  return allowing.find((reply) => allows(reply, wanted)) ?? allowing[0] ?? replies[0];
}

function allows({ headers }: Reply, wanted: readonly string[]): boolean {
  const at = headers.findIndex((text, index) => index % 2 === 0 && text === "Access-Control-Allow-Headers");
  const allowed = new Set(fieldsOf(at < 0 ? [] : [headers[at + 1] ?? ""]));
  return wanted.every((name) => allowed.has(name));
}

function fieldsOf(lines: readonly string[]): readonly string[] {
  return lines
    .flatMap((line) => line.split(","))
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
}
