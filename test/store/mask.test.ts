import fc from "../support/property.ts";
import { expect, test } from "vitest";
import { masked } from "../../src/store/mask.ts";

test.each([
  ["name", "王小明", "王**"],
  ["name", "Anna Li", "A**"],
  ["name", "𠮷田", "𠮷**"],
  ["name", " ", ""],
  ["phone", "13812341234", "138****1234"],
  ["phone", "+14155550123", "+14****0123"],
  ["phone", "5550123", "****123"],
  ["phone", "+112345", "****"],
  ["phone", "110", "****"],
  ["email", "li.na@example.com", "l***@example.com"],
  ["email", "x@example.com", "***@example.com"],
  ["email", "not an address", "***"],
  ["wecom", "wmABCDEF", "w***"],
] as const)("%s %s is shown as %s", (kind, value, shown) => {
  expect(masked(kind, value)).toBe(shown);
});

test("of no phone fewer than four digits are hidden, of no local part more than a character is shown", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^\+?\d{4,15}$/), (phone) => {
      const digits = masked("phone", phone).replace(/\D/g, "").length;
      expect(phone.replace(/\D/g, "").length - digits).toBeGreaterThanOrEqual(4);
    }),
  );
  fc.assert(
    fc.property(fc.emailAddress(), (mail) => {
      const [local] = masked("email", mail).split("@");
      expect(local!.replace("***", "").length).toBeLessThanOrEqual(1);
    }),
  );
});
