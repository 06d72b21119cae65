import { createHash } from "node:crypto";
import type { FastifyReply } from "fastify";
import type { Locale } from "../problem.ts";
import { Html, html } from "./html.ts";

const STYLE = `
:root{color-scheme:light dark;--ink:#1f2430;--soft:#667085;--paper:#fff;--ground:#f3f1ec;--accent:#c2410c;--on-accent:#fff;--line:#d8d4cb}
@media(prefers-color-scheme:dark){:root{--ink:#f2efe9;--soft:#a8a296;--paper:#24211d;--ground:#171512;--accent:#fb923c;--on-accent:#201004;--line:#47413a}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:17px/1.6 system-ui,-apple-system,"PingFang SC","Microsoft YaHei",sans-serif}
main{max-width:32rem;margin:0 auto;padding:1.5rem 1rem 3rem}article{background:var(--paper);border-radius:16px;padding:1.75rem 1.5rem}
.brand{color:var(--soft);font-size:.95rem;margin:0 0 1rem}h1{font-size:1.55rem;line-height:1.3;margin:0 0 .75rem}p{margin:.5rem 0}
.soft{color:var(--soft);font-size:.95rem}.figure{font-size:2.6rem;font-weight:700;line-height:1.1;margin:1rem 0 .25rem}
.gifts{list-style:none;padding:0;margin:1rem 0}.gifts li{border:1px solid var(--line);border-radius:12px;padding:.75rem 1rem;margin:.5rem 0}
button{width:100%;min-height:3.25rem;margin-top:1.25rem;border:0;border-radius:12px;background:var(--accent);color:var(--on-accent);font:inherit;font-size:1.1rem;font-weight:600;cursor:pointer}form+.soft{margin-top:1rem}
button.quiet{background:transparent;color:var(--ink);border:1px solid var(--line)}
fieldset{border:0;padding:0;margin:1.25rem 0}legend,label.text{font-weight:600;padding:0;display:block;margin-bottom:.5rem}
.scale{display:flex;flex-wrap:wrap;gap:.5rem}.scale label{flex:1 0 2.75rem;text-align:center;border:1px solid var(--line);border-radius:10px;padding:.6rem 0;cursor:pointer}
.scale input{display:block;margin:0 auto .25rem}textarea{width:100%;min-height:6rem;font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:10px;padding:.6rem}
`.trim();
const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");
/** the policy names the hash of exactly what stands between the tags, so not one blank may be added there */
const STYLE_ELEMENT = new Html(`<style>${STYLE}</style>`);
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

export interface Page {
  locale: Locale;
  title: string;
  body: Html;
  /** 200 when left out */
  status?: number;
}

/** A whole page: nothing from elsewhere, no script, not kept by anyone in between. */
export function sendPage(
  reply: FastifyReply,
  brand: string,
  { locale, title, body, status = 200 }: Page,
): FastifyReply {
  const page = html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <main>
          <article>
            <p class="brand">${brand}</p>
            <h1>${title}</h1>
            ${body}
          </article>
        </main>
      </body>
    </html>`;
  return reply
    .code(status)
    .headers({
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": POLICY,
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    })
    .send(page.text);
}
