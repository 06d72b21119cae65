/** RFM groups, by recency (row, 1 to 5) and by frequency and monetary together (column, 1 to 5: their average, rounded up). */
const GROUPS = {
  1: ["lost", "lost", "hibernating", "at-risk", "cannot-lose"],
  2: ["hibernating", "about-to-sleep", "at-risk", "at-risk", "cannot-lose"],
  3: ["about-to-sleep", "needs-attention", "needs-attention", "loyal", "loyal"],
  4: ["promising", "potential-loyal", "potential-loyal", "loyal", "champions"],
  5: ["new", "potential-loyal", "potential-loyal", "champions", "champions"],
} as const;

export type RfmGroup = (typeof GROUPS)[keyof typeof GROUPS][number];

export interface RfmCell {
  recency: number;
  /** frequency and monetary together */
  worth: number;
  group: RfmGroup;
}

/** The whole table of five by five. */
export const RFM_CELLS: RfmCell[] = Object.entries(GROUPS).flatMap(([recency, groups]) =>
  groups.map((group, i) => ({ recency: Number(recency), worth: i + 1, group })),
);
