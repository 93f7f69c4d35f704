/// <reference types="vite/client" />
import { Failure } from "@sallyport/runtime/client";
import { browserStore, comeBack, leaveToSignIn, session, signOut } from "@sallyport/runtime/client/oauth";
import { createClient } from "./generated/client.js";

/** Who issues tokens, and for what. A page has no secret: PKCE shows that who brings the code is who has asked for it. */
const source = {
  issuer: String(import.meta.env.VITE_ISSUER),
  clientId: "web",
  redirectUri: `${location.origin}/`,
  scope: "openid tasks:read tasks:write",
  resource: "https://tasks.example",
};
const store = browserStore();
const oidc = session({ ...source, store, onEnd: () => show("Please sign in again") });
const client = createClient({ baseUrl: String(import.meta.env.VITE_API), auth: { oidc } });

function element<E extends HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no ${id}`);
  return found as E;
}

function show(text: string): void {
  element("status").textContent = text;
}

/** Shows the tasks. */
async function load(): Promise<void> {
  const tasks = await client.tasks.listTasks();
  const rows = tasks.map(({ text }) => Object.assign(document.createElement("li"), { textContent: text }));
  element("tasks").replaceChildren(...rows);
  show(`${tasks.length} tasks`);
}

async function add(): Promise<void> {
  const input = element<HTMLInputElement>("text");
  await client.tasks.addTask({ body: { text: input.value } });
  input.value = "";
  await load();
}

async function leave(): Promise<void> {
  await signOut({ ...source, store });
  element("tasks").replaceChildren();
  show("Signed out");
}

/** Runs what the user wants; what fails is told by its code. */
async function run(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    show(thrown.code === "session_ended" ? "Please sign in again" : `It did not work: ${thrown.code}`);
  }
}

element("sign-in").onclick = () => run(() => leaveToSignIn(source));
element("load").onclick = () => run(load);
element("sign-out").onclick = () => run(leave);
element("add").onsubmit = (event) => {
  event.preventDefault();
  void run(add);
};

await run(async () => {
  const tokens = await comeBack(source);
  if (tokens !== undefined) await store.save(tokens);
  if ((await store.load()) === undefined) show("Please sign in");
  else await load();
});
