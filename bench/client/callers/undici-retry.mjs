import { Agent, interceptors, request } from "undici";
import { full, origin, path, ready, token } from "./about.mjs";

const dispatcher = new Agent().compose(interceptors.retry({ maxRetries: 2 }));
const headers = { accept: "application/json", ...(full ? { authorization: token } : {}) };
ready(async () => {
  const { body } = await request(origin + path, { dispatcher, headers });
  return body.json();
});
