import { describe, expect, it } from "vitest";
import { isPublic as generatorsIsPublic } from "../../../../generator/source/addresses.js";
import { isPublic, isWithin, readAddress, readRange } from "../../../../runtime/src/http/address.js";

// One address of each entry of IANA's special-purpose registries, and what stands for such an address.
const hidden = [
  ..."0.0.0.0 0.1.2.3 10.1.1.1 100.64.1.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255".split(
    " ",
  ),
  ..."192.0.0.1 192.0.0.170 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1".split(" "),
  ..."240.0.0.1 255.255.255.255 100.100.100.200 :: ::1 ::127.0.0.1 ::7f00:1 64:ff9b::7f00:1 64:ff9b:1::1".split(" "),
  ..."100::1 2001::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254".split(" "),
  ..."fe80::1 fe80::1%eth0 fec0::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:a9fe:a9fe ::ffff:0:7f00:1 4000::1".split(
    " ",
  ),
];
const open = "8.8.8.8 1.1.1.1 172.15.255.255 172.32.0.1 100.128.0.1 ::ffff:8.8.8.8 2606:4700::1111 2a00:1450::1".split(
  " ",
);

describe.each([
  ["the runtime", isPublic],
  ["the generator", generatorsIsPublic],
])("%s takes for public", (_, judge) => {
  it.each(hidden)("not %s", (address) => expect(judge(address)).toBe(false));
  it.each(open)("%s", (address) => expect(judge(address)).toBe(true));
  it.each(["", "localhost", "1.2.3", "1.2.3.4.5", "::zz", "1.2.3.4/8"])("not %j, which is no address", (text) =>
    expect(judge(text)).toBe(false),
  );
});

describe("an address", () => {
  it.each([
    "127.1",
    "2130706433",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "127.0.0.1.",
    " 127.0.0.1",
    "1.2.3.256",
    "[::1]",
    "1.2.3.4%a",
  ])("is not read from %j, which other readers take for one", (text) => expect(readAddress(text)).toBeUndefined());

  it("R41 is the same however it is spelt", () => {
    expect(["::ffff:1.2.3.4", "::FFFF:0102:0304", "1.2.3.4"].map((text) => readAddress(text)?.toString())).toEqual([
      "1.2.3.4",
      "1.2.3.4",
      "1.2.3.4",
    ]);
  });

  it("the address at which Azure hands out a machine's credentials is not public", () => {
    expect(isPublic("168.63.129.16")).toBe(false);
  });

  it.each([
    ["10.0.0.0/8", "10.255.0.1", true],
    ["10.0.0.0/8", "11.0.0.1", false],
    ["10.0.0.0/8", "::ffff:10.0.0.1", true],
    ["2001:db8::/32", "2001:db8:1::1", true],
    ["2001:db8::/32", "10.0.0.1", false],
    ["127.0.0.1", "127.0.0.1", true],
    ["127.0.0.1", "127.0.0.2", false],
    ["::1", "::1", true],
    ["0.0.0.0/0", "::1", false],
  ])("%s holds %s: %s", (range, address, holds) => {
    const [read, one] = [readRange(range), readAddress(address)];
    expect(read !== undefined && one !== undefined && isWithin(one, [read])).toBe(holds);
  });

  it.each(["10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/", "10/8", "a/8", "10.0.0.0/8/8", "::ffff:10.0.0.0/104"])(
    "%j is no range",
    (text) => expect(readRange(text)).toBeUndefined(),
  );
});
