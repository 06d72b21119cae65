import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { isInside } from "../../src/channel/address.ts";
import { type Post, post, signature } from "../../src/channel/webhook.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}
const to = (url: string, more: Partial<Post> = {}): Post => ({
  id: "run-1/17/tell",
  url,
  secret: "s3cret",
  body: '{"a":"茶"}',
  timeoutMs: 2_000,
  ...more,
});
const INSIDE = ["127.0.0.1", "localhost"];

describe("a post", () => {
  test("is signed so that the other side can check who sent it, what, and when", async () => {
    const seen: { headers: Record<string, unknown>; body: string }[] = [];
    const url = await serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        seen.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
        response.writeHead(204).end();
      });
    });
    expect(await post(to(url), INSIDE)).toMatchObject({ result: "accepted", status: 204 });
    const { headers, body } = seen[0]!;
    expect(body).toBe('{"a":"茶"}');
    expect(headers["webhook-id"]).toBe("run-1/17/tell");
    expect(Math.abs(Number(headers["webhook-timestamp"]) - Date.now() / 1000)).toBeLessThan(60);
    const mine = createHmac("sha256", "s3cret")
      .update(`run-1/17/tell.${String(headers["webhook-timestamp"])}.${body}`)
      .digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${mine}`);
  });

  test("a secret in the standard's own notation is base64", () => {
    // the example of the Standard Webhooks specification
    expect(
      signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1_614_265_330,
        '{"test": 2432232314}',
      ),
    ).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  });

  test.each([
    [200, "accepted"],
    [299, "accepted"],
    [302, "failed"], // a redirect is not followed: it could lead anywhere
    [400, "failed"],
    [401, "failed"],
    [404, "failed"],
    [408, "temporary"],
    [429, "temporary"],
    [500, "temporary"],
    [503, "temporary"],
  ])("answered with %i is %s", async (status, result) => {
    const url = await serve((_, response) => response.writeHead(status, { location: "http://127.0.0.1:1/" }).end());
    expect(await post(to(url), INSIDE)).toMatchObject({ result, status });
  });

  test("Retry-After is heeded, within an hour", async () => {
    const url = await serve((_, response) => response.writeHead(429, { "retry-after": "7" }).end());
    expect((await post(to(url), INSIDE)).retryMs).toBe(7_000);
    const long = await serve((_, response) => response.writeHead(503, { "retry-after": "999999" }).end());
    expect((await post(to(long), INSIDE)).retryMs).toBe(3_600_000);
  });

  test("without an answer it is to be tried again: too slow, cut off, nobody there", async () => {
    const slow = await serve(() => undefined);
    expect(await post(to(slow, { timeoutMs: 100 }), INSIDE)).toEqual({ result: "temporary", reason: "timeout" });
    const cut = await serve((request) => request.socket.destroy());
    expect(await post(to(cut), INSIDE)).toMatchObject({ result: "temporary" });
    expect(await post(to("http://127.0.0.1:9/"), INSIDE)).toMatchObject({
      result: "temporary",
      reason: "ECONNREFUSED",
    });
  });

  test("an endless answer is not read", async () => {
    const url = await serve((_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write("x".repeat(10_000)), 1);
      response.on("close", () => clearInterval(timer));
    });
    expect(await post(to(url), INSIDE)).toMatchObject({ result: "accepted" });
  });
});

describe("what lies inside is not spoken to unless it is named", () => {
  test.each([
    "https://127.0.0.1/",
    "https://localhost/",
    "https://10.1.2.3/",
    "https://192.168.0.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[fd00::1]/",
    "https://0x7f000001/",
    "https://2130706433/",
  ])("%s", async (url) => {
    expect(await post(to(url), [])).toEqual({ result: "failed", reason: "inside-address" });
  });

  test("nor is anything spoken to without TLS", async () => {
    expect(await post(to("http://example.com/"), [])).toEqual({ result: "failed", reason: "not-https" });
  });

  test.each([
    ["127.0.0.1", true],
    ["172.31.0.1", true],
    ["172.32.0.1", false],
    ["100.64.0.1", true],
    ["8.8.8.8", false],
    ["::ffff:10.0.0.1", true],
    ["::ffff:8.8.8.8", false],
    ["2606:4700::1111", false],
    ["fe80::1", true],
    ["not an address", true],
    ["::7f00:1", true],
    ["fec0::1", true],
    ["64:ff9b:1::7f00:1", true],
    ["2001:0:7f00:1::1", true],
  ])("%s inside: %s", (address, inside) => {
    expect(isInside(address)).toBe(inside);
  });
});
