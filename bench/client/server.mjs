// The bare server that everybody calls, in a process of its own.
import { createServer } from "node:http";

const body = JSON.stringify({ id: "a1", ownerId: "user-1", balance: 1200, currency: "EUR" });
const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
const server = createServer((_request, response) => response.writeHead(200, headers).end(body));
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
process.on("disconnect", () => process.exit(0));
