import { type CheckedUrl, checkUrlBy } from "../../http/urls/checked.js";
import { type Resolve, systemResolve } from "../../http/urls/resolve.js";
import { judgeOf } from "../../http/urls/rule.js";
import { type Duration, toMilliseconds, type UrlRule } from "../../policy/index.js";
import { withDeadline } from "../deadline.js";
import { Failure } from "../failure.js";
import { refused } from "./targets.js";

/** How a URL is checked. */
export interface CheckUrlOptions {
  /** Finds the addresses of a name. Default: the system's name servers are asked. */
  readonly resolve?: Resolve;
  /** 5 s where absent. */
  readonly timeout?: Duration;
  readonly signal?: AbortSignal;
}

/**
 * Checks a URL that was kept: where it led when it came says nothing of where it leads today. The rule is that of the place it came from,
 * `policy.addHook.urls["body:/callback"]` for example.
 * @throws Failure `target_refused` for one that may not be called; `network` or `timeout` where that cannot be found out.
 */
export async function checkUrl(url: string, rule: UrlRule, options: CheckUrlOptions = {}): Promise<CheckedUrl> {
  const { resolve = systemResolve(), timeout = "5s", signal } = options;
  if (resolve === undefined) throw new Failure("configuration", "resolve is missing: there is no name server to ask");
  return withDeadline(toMilliseconds(timeout), signal, async (ending) => {
    const checked = await checkUrlBy([judgeOf(rule)], url, resolve, ending).catch((thrown: unknown) => {
      throw new Failure("network", "Nobody knows where the URL leads", { cause: thrown });
    });
    if (typeof checked === "string") throw refused(checked);
    return checked;
  });
}
