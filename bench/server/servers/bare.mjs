// The measure of all: node:http that reads, parses and answers, with no guard at all.
import { createServer } from "node:http";
import { find, pay, ready, shown, shownPayment } from "./about.mjs";

const server = createServer((request, response) => {
  const [, , id] = request.url.split("/");
  const account = find(id);
  if (account === undefined) return answer(response, 404, { status: 404 });
  if (request.method === "GET") return answer(response, 200, shown(account));
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => answer(response, 201, shownPayment(pay(JSON.parse(Buffer.concat(chunks).toString())))));
});

function answer(response, status, value) {
  const body = JSON.stringify(value);
  const length = String(Buffer.byteLength(body));
  response.writeHead(status, ["Content-Type", "application/json", "Content-Length", length]);
  response.end(body);
}

server.listen(0, "127.0.0.1", () => ready(server.address().port));
