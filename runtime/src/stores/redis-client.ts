import { createHash } from "node:crypto";

/** What of ioredis is needed: a `Redis` and a `Cluster` have it. */
export interface IoRedisClient {
  evalsha(sha1: string, keys: number, ...keysAndArguments: string[]): Promise<unknown>;
  eval(script: string, keys: number, ...keysAndArguments: string[]): Promise<unknown>;
}

/** What of node-redis is needed: what `createClient`, `createClientPool` and `createCluster` make has it. */
export interface NodeRedisClient {
  evalSha(sha1: string, options: ScriptInput): Promise<unknown>;
  eval(script: string, options: ScriptInput): Promise<unknown>;
}

/** Keys and arguments of a script, as node-redis takes them. */
export interface ScriptInput {
  keys: string[];
  arguments: string[];
}

/** A connected client of Redis, by either of the two libraries. Neither is imported. */
export type RedisClient = IoRedisClient | NodeRedisClient;

/** Runs a script by its digest, in one round trip. All keys of a call are in one slot of a cluster. */
export type RunScript = (keys: readonly string[], values: readonly string[]) => Promise<unknown>;

/** Makes a script ready. A server that does not know it yet, or no more after a restart, is told it once. */
export function prepareScript(client: RedisClient, script: string): RunScript {
  const sha1 = createHash("sha1").update(script).digest("hex");
  const [bySha, byText] = "evalSha" in client ? throughNodeRedis(client) : throughIoRedis(client);
  return async (keys, values) => {
    try {
      return await bySha(sha1, keys, values);
    } catch (thrown) {
      if (!(thrown instanceof Error) || !thrown.message.startsWith("NOSCRIPT")) throw thrown;
      return byText(script, keys, values);
    }
  };
}

type Run = (script: string, keys: readonly string[], values: readonly string[]) => Promise<unknown>;

function throughNodeRedis(client: NodeRedisClient): readonly [Run, Run] {
  return [
    (sha1, keys, values) => client.evalSha(sha1, { keys: [...keys], arguments: [...values] }),
    (script, keys, values) => client.eval(script, { keys: [...keys], arguments: [...values] }),
  ];
}

function throughIoRedis(client: IoRedisClient): readonly [Run, Run] {
  return [
    (sha1, keys, values) => client.evalsha(sha1, keys.length, ...keys, ...values),
    (script, keys, values) => client.eval(script, keys.length, ...keys, ...values),
  ];
}

/**
 * Where a store keeps its keys. The hash tag puts them all into one slot of a cluster: one script can only reach one.
 * @throws RangeError for a prefix with braces: they would be the tag.
 */
export function keySpace(prefix: string, part: string): (key: string) => string {
  if (prefix === "" || /[{}]/.test(prefix)) throw new RangeError("A prefix is not empty, and has no braces");
  return (key) => `{${prefix}}${part}:${key}`;
}
