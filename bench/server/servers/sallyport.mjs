// The generated server on node:http.
import { createServer } from "node:http";
import { toListener } from "@sallyport/runtime/node";
import { ready } from "./about.mjs";
import { api } from "./generated.mjs";

const server = createServer(toListener(api));
server.listen(0, "127.0.0.1", () => ready(server.address().port));
