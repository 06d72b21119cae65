import { markup, type Markup, type Part } from "../html/markup.ts";

/** Width of every chart in its own units; the page scales it. */
export const WIDTH = 720;

/** One decimal is finer than a screen shows. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

export function svg(height: number, label: string, ...content: Part[]): Markup {
  return markup`<svg viewBox="0 0 ${WIDTH} ${px(height)}" role="img" aria-label="${label}" xmlns="http://www.w3.org/2000/svg">${content}</svg>`;
}

/** A text that would not fit is cut; its title keeps the whole. CJK characters count as two. */
export function fit(text: string, columns: number): string {
  let used = 0;
  let kept = "";
  for (const character of text) {
    used += character.codePointAt(0)! > 0x2e7f ? 2 : 1;
    if (used > columns) return `${kept.trimEnd()}…`;
    kept += character;
  }
  return kept;
}
