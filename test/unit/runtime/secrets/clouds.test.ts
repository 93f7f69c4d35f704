import { createHash, createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { awsSecrets, googleSecrets, loadSecrets } from "@sallyport/runtime/secrets";
import { AwsClient } from "aws4fetch";
import { afterEach, describe, expect, it } from "vitest";

const never = { every: "0s" } as const;
const account = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG" };

let server: Server | undefined;
afterEach(() => void server?.close());

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((ready) => server?.listen(0, "127.0.0.1", ready));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** Signature Version 4, computed again from what came, as AWS documents it. */
function isSigned(request: IncomingMessage, body: string, secret: string): boolean {
  const given = request.headers.authorization ?? "";
  const [, scope = "", names = "", signature] =
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(given) ??
    [];
  const sha = (text: string) => createHash("sha256").update(text).digest("hex");
  const mac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
  const lines = names.split(";").map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const canonical = [request.method, request.url, "", lines.join(""), names, sha(body)].join("\n");
  const [day = "", region = "", service = "", end = ""] = scope.split("/");
  const key = [region, service, end].reduce<Buffer>((at, part) => mac(at, part), mac(`AWS4${secret}`, day));
  const text = ["AWS4-HMAC-SHA256", String(request.headers["x-amz-date"]), scope, sha(canonical)].join("\n");
  return names.includes("x-amz-target") && mac(key, text).toString("hex") === signature;
}

describe("AWS Secrets Manager", () => {
  const secretsManager = async () =>
    serve(async (request, response) => {
      const body = await bodyOf(request);
      const answer = (status: number, value: object) => {
        response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
        response.end(JSON.stringify(value));
      };
      if (!isSigned(request, body, account.secretAccessKey))
        return answer(403, { __type: "InvalidSignatureException" });
      if (request.headers["x-amz-target"] !== "secretsmanager.GetSecretValue") return answer(400, {});
      const { SecretId } = JSON.parse(body) as { readonly SecretId: string };
      if (SecretId !== "bank/PEPPER") return answer(400, { __type: "ResourceNotFoundException" });
      return answer(200, { Name: SecretId, SecretString: "salt and pepper" });
    });

  it("is asked with signed requests", async () => {
    const endpoint = `${await secretsManager()}/`;
    const source = awsSecrets({
      region: "eu-central-1",
      endpoint,
      signer: async () => new AwsClient(account),
      secretId: (name) => `bank/${name}`,
    });
    const { get } = await loadSecrets(["PEPPER"], [source], never);
    expect(get("PEPPER").reveal()).toBe("salt and pepper");
    await expect(loadSecrets(["OTHER"], [source], never)).rejects.toThrow("OTHER is not in AWS Secrets Manager");
  });

  it("a signature that does not fit stops the start, and nothing secret is said", async () => {
    const endpoint = `${await secretsManager()}/`;
    const signer = new AwsClient({ ...account, secretAccessKey: "another-key" });
    const load = loadSecrets(["PEPPER"], [awsSecrets({ region: "eu-central-1", endpoint, signer })], never);
    await expect(load).rejects.toThrow("it answered 403 for PEPPER");
    await expect(load).rejects.not.toThrow("another-key");
  });

  it("is not asked over plain HTTP", async () => {
    const signer = new AwsClient(account);
    const source = awsSecrets({ region: "eu-central-1", endpoint: "http://aws.example/", signer });
    await expect(loadSecrets(["PEPPER"], [source], never)).rejects.toThrow("over plain HTTP");
  });
});

describe("Google Secret Manager", () => {
  it("is asked by bearer token, one secret at a time", async () => {
    const endpoint = await serve((request, response) => {
      const fits = request.headers.authorization === "Bearer t-1";
      const there = request.url === "/v1/projects/bank/secrets/PEPPER/versions/latest:access";
      response.writeHead(fits ? (there ? 200 : 404) : 401, { "content-type": "application/json" });
      response.end(JSON.stringify(there ? { payload: { data: Buffer.from("sälz").toString("base64") } } : {}));
    });
    const source = (token: string) => googleSecrets({ project: "bank", endpoint, token: () => token });
    const { get } = await loadSecrets(["PEPPER"], [source("t-1")], never);
    expect(get("PEPPER").reveal()).toBe("sälz");
    await expect(loadSecrets(["A"], [source("t-1")], never)).rejects.toThrow(
      "A is not in Google Secret Manager of bank",
    );
    await expect(loadSecrets(["PEPPER"], [source("t-2")], never)).rejects.toThrow("it answered 401 for PEPPER");
  });

  it("the token is the metadata server's where nobody says another", async () => {
    const asked: string[] = [];
    const source = googleSecrets({
      project: "bank",
      fetch: async (url, init) => {
        asked.push(`${url} ${JSON.stringify(init.headers)}`);
        const isToken = url.startsWith("http://metadata.google.internal/");
        return Response.json(isToken ? { access_token: "t-9" } : { payload: { data: "YQ==" } });
      },
    });
    const { get } = await loadSecrets(["A"], [source], never);
    expect(get("A").reveal()).toBe("a");
    expect(asked[0]).toContain('"Metadata-Flavor":"Google"');
    expect(asked[1]).toContain(
      "https://secretmanager.googleapis.com/v1/projects/bank/secrets/A/versions/latest:access",
    );
    expect(asked[1]).toContain("Bearer t-9");
  });
});
