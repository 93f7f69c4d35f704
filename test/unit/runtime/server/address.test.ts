import { describe, expect, it } from "vitest";
import { addressKey } from "../../../../runtime/src/server/address.js";

describe("R41 an address counts as", () => {
  it.each([
    ["1.2.3.4", "1.2.3.4"],
    ["::ffff:1.2.3.4", "1.2.3.4"],
    ["::FFFF:0102:0304", "1.2.3.4"],
    ["::ffff:5.6.7.8", "5.6.7.8"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::9", "2001:db8:1:2::/64"],
    ["2001:0DB8:0001:0002::", "2001:db8:1:2::/64"],
    ["2001:db8:1:3::9", "2001:db8:1:3::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ])("%s → %s", (address, key) => {
    expect(addressKey(address)).toBe(key);
  });

  it.each([["1:2:3"], ["1::2::3"], ["1:2:3:4:5:6:7:8:9"], ["::zz"]])("%s, which is none, as itself", (text) => {
    expect(addressKey(text)).toBe(text);
  });

  it("what the platform does not tell shares one counter", () => {
    expect(addressKey(undefined)).toBe("unknown");
  });
});
