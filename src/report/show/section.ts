/** What terminal and page both show: a title, a table, and what has to be said about it. */
export interface Section {
  id: string;
  title: string;
  columns: Column[];
  rows: Cell[][];
  notes: string[];
}

export interface Column {
  title: string;
  align: "left" | "right";
}

export type Tone = "good" | "bad" | "quiet";
export type Cell = string | { text: string; tone: Tone };

export function left(title: string): Column {
  return { title, align: "left" };
}

export function right(title: string): Column {
  return { title, align: "right" };
}

export function textOf(cell: Cell): string {
  return typeof cell === "string" ? cell : cell.text;
}
