import { expect, it } from "vitest";
import { least } from "./least.js";

it("leaves out all that a failure does not need", async () => {
  let asked = 0;
  const fails = async (octets: Buffer) => {
    asked++;
    return octets.includes("a") && octets.includes("zz");
  };
  const found = await least(Buffer.from(`${"x".repeat(300)}a${"y".repeat(500)}zz${"x".repeat(200)}`), fails);
  expect(found.toString()).toBe("azz");
  expect(asked).toBeLessThan(200);
});
