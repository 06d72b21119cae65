import type { Text } from "../campaign/program.ts";

/** What every mail has around its own content: look, brand, and the way out. */
const FONTS = "-apple-system, 'Segoe UI', Helvetica, Arial, 'PingFang SC', 'Microsoft YaHei', sans-serif";

const LOOK = `
<mj-attributes>
  <mj-all font-family="${FONTS}" />
  <mj-body background-color="#f4f1ec" width="600px" />
  <mj-section background-color="#ffffff" padding="0 16px" />
  <mj-text font-size="16px" line-height="1.65" color="#33302b" padding="8px 16px" />
  <mj-button background-color="#b4532a" color="#ffffff" border-radius="6px" font-size="16px" font-weight="600"
    inner-padding="13px 28px" padding="16px" />
  <mj-divider border-color="#e6e0d6" border-width="1px" padding="12px 16px" />
</mj-attributes>
<mj-style>a { color: #b4532a; } h1 { margin: 0; font-size: 24px; line-height: 1.35; }</mj-style>`;

const HEADER = `
<mj-section padding="28px 16px 12px"><mj-column>
  <mj-text font-size="18px" font-weight="700" color="#b4532a">{{ brand }}</mj-text>
</mj-column></mj-section>`;

const WHY: Text = {
  en: "You receive this because you agreed to hear from {{ brand }}.",
  "zh-CN": "您收到这封邮件，是因为您同意接收{{ brand }}的消息。",
};
const UNSUBSCRIBE: Text = { en: "Unsubscribe", "zh-CN": "退订" };

function footer(locale: keyof Text): string {
  return `
<mj-section padding="16px 16px 28px"><mj-column>
  <mj-divider />
  <mj-text font-size="12px" color="#77706a">${WHY[locale]}
    <a href="{{ links.unsubscribe }}" style="color:#77706a">${UNSUBSCRIBE[locale]}</a></mj-text>
</mj-column></mj-section>`;
}

/**
 * Puts the frame around a template's own MJML. The look goes first, so that a template's own `mj-attributes` win; all
 * of it stays on the lines of the template, so that faults name the right ones.
 */
export function frame(mjml: string, locale: keyof Text): string {
  const oneLine = (part: string) => part.replaceAll(/\s*\n\s*/g, " ");
  return mjml
    .replace(/<mjml(?![^>]*\slang=)/, `<mjml lang="${locale}" dir="ltr"`)
    .replace(/<mj-head\s*>/, (tag) => tag + oneLine(LOOK))
    .replace(/<mj-body(?:\s[^>]*)?(?<!\/)>/, (tag) => tag + oneLine(HEADER))
    .replace(/<\/mj-body\s*>/, (tag) => oneLine(footer(locale)) + tag);
}
