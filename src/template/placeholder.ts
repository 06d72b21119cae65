/**
 * MJML and html-to-text know nothing of Liquid and would cut it up, so each `{{ … }}` and `{% … %}` is a plain word
 * while they work.
 */
const LIQUID = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g;
const WORD = /LQX(\d+)XQL/g;

export interface Hidden {
  source: string;
  liquid: string[];
}

export function hideLiquid(source: string): Hidden {
  const liquid: string[] = [];
  const hidden = source.replace(LIQUID, (piece) => {
    // the lines inside stay countable
    const lines = "\n".repeat(piece.split("\n").length - 1);
    return `LQX${liquid.push(piece) - 1}XQL${lines}`;
  });
  return { source: hidden, liquid };
}

export function showLiquid(text: string, liquid: string[]): string {
  return text.replace(WORD, (_, index) => liquid[Number(index)] ?? "");
}

/** Pieces that got lost on the way: Liquid where MJML expects components only. */
export function lostLiquid(text: string, liquid: string[]): string[] {
  const kept = new Set([...text.matchAll(WORD)].map((match) => Number(match[1])));
  return liquid.filter((_, index) => !kept.has(index));
}
