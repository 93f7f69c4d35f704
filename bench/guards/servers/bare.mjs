// The measure of all: node:http with a route and no guard at all.
import { createServer } from "node:http";
import { find, ready, shown } from "./about.mjs";

const server = createServer((request, response) => {
  const account = find(request.url.slice("/accounts/".length));
  const body = account === undefined ? '{"status":404}' : JSON.stringify(shown(account));
  response.writeHead(account === undefined ? 404 : 200, [
    "Content-Type",
    "application/json",
    "Content-Length",
    String(Buffer.byteLength(body)),
  ]);
  response.end(body);
});
server.listen(0, "127.0.0.1", () => ready(server.address().port));
