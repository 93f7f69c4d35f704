// The same generated server as a plugin of Fastify.
import { sallyport } from "@sallyport/runtime/fastify";
import { peer, ready } from "./about.mjs";
import { api } from "./generated.mjs";

const app = (await peer("fastify")).default();
await app.register(sallyport(api));
await app.listen({ port: 0, host: "127.0.0.1" });
ready(app.server.address().port);
