import { afterAll, expect, test } from "vitest";
import type { Role } from "../../src/store/api-key.ts";
import { testSchema } from "../support/schema.ts";
import { serveTest } from "./serving.ts";

const schema = await testSchema();
const elsewhere = await serveTest(schema, { publicUrl: "https://rekindle.example", metricsToken: "a token of ours" });
afterAll(() => elsewhere.stop());

test("metrics are told elsewhere to who has the token, or a key of somebody who looks after it", async () => {
  const status = async (authorization?: string) =>
    (
      await elsewhere.server.inject({
        method: "GET",
        url: "/metrics",
        ...(authorization !== undefined && { headers: { authorization } }),
      })
    ).statusCode;
  expect(await status()).toBe(401);
  expect(await status("Bearer another token")).toBe(401);
  expect(await status("Bearer a token of ours")).toBe(200);
  const statuses: Partial<Record<Role, number>> = {};
  for (const role of ["ops", "admin", "backend", "marketer"] as const)
    statuses[role] = await status(`Bearer ${await elsewhere.key(role)}`);
  expect(statuses).toEqual({ ops: 200, admin: 200, backend: 401, marketer: 401 });
});
