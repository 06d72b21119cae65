/** Han, kana, hangul, full-width forms and their punctuation take two columns of a terminal. */
const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{1F300}-\u{1FAFF}]|[\u{20000}-\u{3FFFD}]/u;

/** No line begins with one of these. */
const HANGING = /[，。、；：！？）》」』】]/u;

/** Text in lines of at most so many columns: broken at spaces, and between any two wide characters. */
export function fold(text: string, columns: number): string {
  const lines: string[] = [];
  for (const paragraph of text.split(/\r?\n/)) {
    let [line, width] = ["", 0];
    for (const piece of piecesOf(paragraph, columns)) {
      const taken = widthOf(piece.trimEnd());
      if (width > 0 && width + taken > columns) {
        lines.push(line.trimEnd());
        [line, width] = ["", 0];
      }
      line += piece;
      width += widthOf(piece);
    }
    lines.push(line.trimEnd());
  }
  return lines.join("\n");
}

/** Words with the space behind them, single wide characters, and words that are too long in parts. */
function piecesOf(text: string, columns: number): string[] {
  const pieces: string[] = [];
  let word = "";
  const end = () => {
    if (word !== "") pieces.push(word);
    word = "";
  };
  for (const character of text) {
    if (HANGING.test(character) && word === "" && pieces.length > 0) {
      pieces[pieces.length - 1] += character;
    } else if (WIDE.test(character)) {
      end();
      pieces.push(character);
    } else {
      word += character;
      if (character === " " || word.length >= columns) end();
    }
  }
  end();
  return pieces;
}

function widthOf(text: string): number {
  return Array.from(text).reduce((sum, character) => sum + (WIDE.test(character) ? 2 : 1), 0);
}
