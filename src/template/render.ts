import type { CompiledTemplate } from "./compile.ts";
import type { TemplateData } from "./data.ts";
import { htmlLiquid, textLiquid } from "./liquid.ts";

export interface Rendered {
  /** one line */
  subject: string;
  html: string;
  text: string;
}

/** Fills in one message. Missing values are empty. @throws what a filter throws on this data */
export function render(template: CompiledTemplate, data: TemplateData): Rendered {
  const subject = textLiquid.renderSync(template.subject, data) as string;
  const text = textLiquid.renderSync(template.text, data) as string;
  return {
    // a name with a line break in it must not become a header
    subject: subject
      .replaceAll(/[\p{Cc}\s]+/gu, " ")
      .trim()
      .slice(0, 250),
    html: htmlLiquid.renderSync(template.html, data) as string,
    text: text.replaceAll(/\n\s*\n\s*\n/g, "\n\n").trim(),
  };
}
