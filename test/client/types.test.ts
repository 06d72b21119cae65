import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { clientTypes } from "../../src/http/openapi/client-types.ts";
import { openApi } from "../../src/http/openapi/document.ts";
import type { Parts } from "../../src/http/parts.ts";
import { apiRoutes } from "../../src/http/routes.ts";

test("src/client/api/ is what `npm run client` makes of today's routes", () => {
  const folder = new URL("../../src/client/api/", import.meta.url);
  const made = clientTypes(openApi(apiRoutes({ config: {}, home: {} } as Parts)));
  const there = readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), "utf8")]);
  expect(Object.fromEntries(there)).toEqual(made);
});
