import { insecurePlaintext, listen } from "@sallyport/runtime/node";
import { jwt } from "@sallyport/runtime/server";
import { createApi } from "./generated/server.js";
import { startProvider } from "./provider.js";

/** The API and its OpenID provider, both on free ports of loopback. */
export async function startBackend(origin: string, tokenLifetime: number) {
  const provider = await startProvider(origin, tokenLifetime);
  const tasks = new Map<string, { readonly text: string }[]>();
  const tasksOf = (id: string) => tasks.get(id) ?? [];
  const api = createApi({
    env: { TASKS_ISSUER: provider.issuer },
    handlers: {
      tasks: {
        listTasks: ({ principal }) => ({ status: 200, body: tasksOf(principal.id) }),
        addTask: ({ principal, body }) => {
          tasks.set(principal.id, [...tasksOf(principal.id), body]);
          return { status: 201, body };
        },
      },
    },
    schemes: { oidc: jwt() },
    audit: { write: () => undefined },
  });
  const server = await listen(api, { port: 0, host: "127.0.0.1", [insecurePlaintext]: "an example on loopback" });
  return {
    url: server.url,
    issuer: provider.issuer,
    provider: provider.provider,
    close: async () => {
      await server.close();
      await provider.close();
    },
  };
}
