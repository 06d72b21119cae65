import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { clientTypes } from "../http/openapi/client-types.ts";
import { openApi } from "../http/openapi/document.ts";
import type { Parts } from "../http/parts.ts";
import { apiRoutes } from "../http/routes.ts";

/** `npm run client`: writes src/client/api/ anew. */
const folder = new URL("../client/api/", import.meta.url);
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) rmSync(new URL(name, folder));
const files = clientTypes(openApi(apiRoutes({ config: {}, home: {} } as Parts)));
for (const [name, text] of Object.entries(files)) writeFileSync(new URL(name, folder), text);
