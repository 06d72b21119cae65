import { expect, test } from "vitest";
import { type LinkPayload, linkUrl, signLink, verifyLink } from "../../src/template/link.ts";

const payload: LinkPayload = { k: "check-in", m: "0b6c", e: 7, c: 3, s: "days", d: 12 };
const token = signLink("a secret of ours", payload, 2_000_000);

test("what was signed comes back until it expires", () => {
  expect(verifyLink("a secret of ours", token, 1_999_999)).toEqual({ ok: true, payload });
  expect(verifyLink("a secret of ours", token, 2_000_001)).toEqual({ ok: false, reason: "expired" });
  expect(linkUrl("https://go.example/", token)).toBe(`https://go.example/l/${token}`);
});

test("nothing else does", () => {
  const [body, mac] = token.split(".") as [string, string];
  const other = Buffer.from(JSON.stringify({ ...payload, e: 8, x: 9_999_999 })).toString("base64url");
  const tries = [
    "",
    ".",
    "x",
    body,
    `${body}.`,
    `${body}.${mac.slice(1)}`,
    `${other}.${mac}`,
    `${token}.x`,
    `${token}A`,
    "ü.ü",
  ];
  for (const forged of tries) {
    expect(verifyLink("a secret of ours", forged, 0), forged).toEqual({ ok: false, reason: "forged" });
  }
  expect(verifyLink("another secret", token, 0)).toEqual({ ok: false, reason: "forged" });
});
