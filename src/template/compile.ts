import type { compile as compileText } from "html-to-text";
import type { Template } from "liquidjs";
import type { Text } from "../campaign/program.ts";
import { madeOnce } from "../made-once.ts";
import { frame } from "./frame.ts";
import { htmlLiquid, textLiquid } from "./liquid.ts";
import { hideLiquid, lostLiquid, showLiquid } from "./placeholder.ts";

/** Parsed Liquid of one template in one language; all that is left to do per message is to fill it in. */
export interface CompiledTemplate {
  subject: Template[];
  html: Template[];
  text: Template[];
}

/** MJML turned to HTML with its Liquid still in it. */
export interface Translated {
  subject: string;
  html: string;
  text: string;
  /** MJML's own complaints */
  errors: { line: number; message: string }[];
  /** Liquid that MJML dropped */
  lost: string[];
}

const PLAIN: Parameters<typeof compileText>[0] = {
  wordwrap: false,
  selectors: [
    { selector: "a", options: { linkBrackets: false, hideLinkHrefIfSameAsText: true } },
    { selector: "img", format: "skip" },
    { selector: "div[style^='display:none']", format: "skip" }, // the preview line
    ...["h1", "h2", "h3", "h4"].map((selector) => ({ selector, options: { uppercase: false } })),
  ],
};

const TITLE = /<mj-title[^>]*>([\s\S]*?)<\/mj-title>/;

const HERE = new URL("./", import.meta.url);

export async function translate(mjml: string, locale: keyof Text): Promise<Translated> {
  const recipe = { kind: "templates", sources: [HERE], inputs: [locale, mjml] };
  return JSON.parse(await madeOnce(recipe, async () => JSON.stringify(await translateNow(mjml, locale)))) as Translated;
}

async function translateNow(mjml: string, locale: keyof Text): Promise<Translated> {
  // half a second that commands which only read names need not wait for
  const [{ default: mjml2html }, { compile: toText }] = await Promise.all([import("mjml"), import("html-to-text")]);
  const plain = toText(PLAIN);
  const hidden = hideLiquid(frame(mjml, locale));
  const { html, errors } = await mjml2html(hidden.source, { ignoreIncludes: true, keepComments: false });
  const title = TITLE.exec(hidden.source)?.[1] ?? "";
  const slim = html.replaceAll(/\n\s+/g, "\n");
  return {
    subject: showLiquid(plain(title), hidden.liquid),
    html: showLiquid(slim, hidden.liquid),
    text: showLiquid(plain(slim), hidden.liquid),
    errors: errors.map(({ line, message }) => ({ line, message })),
    lost: lostLiquid(slim, hidden.liquid),
  };
}

/** @throws what Liquid finds wrong; templates of an applied campaign were linted before */
export async function compileTemplate(mjml: string, locale: keyof Text): Promise<CompiledTemplate> {
  const { subject, html, text } = await translate(mjml, locale);
  return { subject: textLiquid.parse(subject), html: htmlLiquid.parse(html), text: textLiquid.parse(text) };
}
