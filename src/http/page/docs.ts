import { createHash } from "node:crypto";
import type { FastifyReply } from "fastify";
import type { Locale } from "../problem.ts";
import { curlOf } from "./docs-curl.ts";
import { type Operation, type Schema, shapeOf } from "./docs-shape.ts";
import { Html, html } from "./html.ts";

/** As far as the page shows it. */
export interface Described {
  servers?: { url: string }[];
  tags?: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

const TEXTS = {
  en: {
    title: "The API",
    lead: "Every address, who may ask it, what it reads and answers. The same for programs:",
    open: "anybody",
    roles: "roles",
    parameters: "parameters",
    reads: "body",
    answers: "answer",
    schemas: "Shared schemas",
    optional: "optional",
  },
  "zh-CN": {
    title: "接口文档",
    lead: "列出全部接口、所需角色、请求与应答。供程序读取的版本：",
    open: "无需密钥",
    roles: "角色",
    parameters: "参数",
    reads: "请求体",
    answers: "应答",
    schemas: "公用结构",
    optional: "可选",
  },
} as const;

const STYLE = `
:root{color-scheme:light dark;--ink:#1f2430;--soft:#667085;--paper:#fff;--ground:#f3f1ec;--accent:#c2410c;--line:#d8d4cb}
@media(prefers-color-scheme:dark){:root{--ink:#f2efe9;--soft:#a8a296;--paper:#24211d;--ground:#171512;--accent:#fb923c;--line:#47413a}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.6 system-ui,-apple-system,"PingFang SC","Microsoft YaHei",sans-serif}
main{max-width:60rem;margin:0 auto;padding:1.5rem 1rem 4rem}a{color:var(--accent)}h2{margin:2rem 0 .5rem}nav a{margin-right:.9rem;white-space:nowrap}
details{background:var(--paper);border:1px solid var(--line);border-radius:10px;margin:.4rem 0;padding:.5rem .9rem}summary{cursor:pointer}
summary b{display:inline-block;min-width:4.2rem;color:var(--accent)}.soft{color:var(--soft)}code,pre{font:13px/1.5 ui-monospace,Consolas,monospace;overflow-wrap:anywhere}
pre{background:var(--ground);border-radius:8px;padding:.7rem;overflow-x:auto;white-space:pre-wrap}table{border-collapse:collapse;width:100%}
td{border-top:1px solid var(--line);padding:.3rem .6rem .3rem 0;vertical-align:top}h3{font-size:.95rem;margin:.9rem 0 .3rem;color:var(--soft)}
`.trim();
const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");
// the policy names the hash of exactly what stands between the tags
const STYLE_ELEMENT = new Html(`<style>${STYLE}</style>`);
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** /openapi.json as a page for people: nothing from elsewhere, no script. */
export function docsPage(document: Described, locale: Locale): string {
  const text = TEXTS[locale];
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const tags = (document.tags ?? []).map(({ name }) => name);
  const server = document.servers?.[0]?.url ?? "";
  return html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Rekindle: ${text.title}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <main>
          <h1>${text.title}</h1>
          <p>${text.lead} <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1)</p>
          <nav>${tags.map((tag) => html`<a href="#${tag}">${tag}</a> `)}</nav>
          ${tags.map(
            (tag) =>
              html`<h2 id="${tag}">${tag}</h2>
                ${operations
                  .filter(({ operation }) => operation.tags[0] === tag)
                  .map(({ path, method, operation }) => section(path, method, operation, server, document, locale))}`,
          )}
          <h2 id="schemas">${text.schemas}</h2>
          ${Object.entries(document.components.schemas).map(
            ([name, schema]) =>
              html`<details id="schema-${name}">
                <summary><code>${name}</code> <span class="soft">${schema.description ?? ""}</span></summary>
                <pre>${shapeOf(schema)}</pre>
              </details>`,
          )}
        </main>
      </body>
    </html>`.text;
}

function section(
  path: string,
  method: string,
  operation: Operation,
  server: string,
  { components }: Described,
  locale: Locale,
): Html {
  const text = TEXTS[locale];
  const { operationId, summary, parameters, requestBody, responses } = operation;
  const rows = parameters.map(
    ({ name, in: place, required, description, schema }) =>
      html`<tr>
        <td><code>${name}</code></td>
        <td class="soft">${place}${required ? "" : `, ${text.optional}`}</td>
        <td>${shapeOf({ ...schema, description: undefined })} ${description ?? schema.description ?? ""}</td>
      </tr>`,
  );
  const [[status, answer] = ["", {}]] = Object.entries(responses);
  return html`<details id="${operationId}">
    <summary><b>${method}</b> <code>${path}</code> <span class="soft">${summary}</span></summary>
    <p>${text.roles}: ${operation["x-roles"]?.join(", ") ?? text.open}</p>
    ${
      rows.length > 0 &&
      html`<h3>${text.parameters}</h3>
        <table>
          ${rows}
        </table>`
    }
    ${
      requestBody &&
      html`<h3>${text.reads}</h3>
        ${contents(requestBody.content)}`
    }
    <h3>${text.answers} ${status}</h3>
    ${contents(answer.content ?? {})}
    <h3>curl</h3>
    <pre>${curlOf(method, server + path, operation, components.schemas)}</pre>
  </details>`;
}

function contents(content: Record<string, { schema?: Schema }>): Html[] {
  return Object.entries(content).map(
    ([type, { schema }]) => html`<code class="soft">${type}</code>${schema && html`<pre>${shapeOf(schema)}</pre>`}`,
  );
}

export function sendDocs(reply: FastifyReply, document: Described, locale: Locale): string {
  reply.headers({
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    vary: "accept-language",
  });
  return docsPage(document, locale);
}
