import { exportsFrom } from "../../code/imports.js";
import type { Api } from "../../model/api.js";
import { modules } from "../names.js";
import { usedSchemes } from "../schemes.js";
import type { View } from "../view.js";
import { credentials } from "./credentials.js";

/** What callers need besides, whatever the API: an operation of such a name keeps it. */
const always = ["Failure", "HttpFailure"];
/** Types, which an operation's function does not take the name of. */
const types = ["Answer", "Call", "CallOptions", "ClientOptions", "Result"];

/** index.ts: all that the package has, by name, so that a bundler drops what is not used. */
export function entryView(api: Api): View {
  const operations = api.operations.map((one) => one.id);
  const made = usedSchemes(api).flatMap(({ kind }) => credentials[kind] ?? []);
  const free = (names: readonly string[]) => [...new Set(names)].filter((name) => !operations.includes(name));
  return {
    template: "entry",
    data: {
      runtime: exportsFrom(modules.client, free([...always, ...made]), free(types)),
      client: exportsFrom("./client.js", ["createCaller", "createClient", ...operations], ["Auth", "Client"]),
    },
  };
}
