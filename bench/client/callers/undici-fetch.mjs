import { Agent, fetch, interceptors } from "undici";
import { full, origin, path, ready, token } from "./about.mjs";

const agent = new Agent();
const dispatcher = full ? agent.compose(interceptors.retry({ maxRetries: 2 })) : agent;
const headers = { accept: "application/json", ...(full ? { authorization: token } : {}) };
ready(async () => (await fetch(origin + path, { dispatcher, headers })).json());
