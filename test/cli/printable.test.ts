import { expect, test } from "vitest";
import { printable } from "../../src/cli/printable.ts";

test("what somebody wrote commands no terminal; lines, columns and colours stay", () => {
  expect(printable("\u001b]0;title\u0007 \u001b[2J\u001b[8m\u009b31m\r")).toBe(
    "\\u001b]0;title\\u0007 \\u001b[2J\\u001b[8m\\u009b31m\\u000d",
  );
  const ours = "\u001b[1mTargets\u001b[22m\t顾客\n└─ ✓";
  expect(printable(ours)).toBe(ours);
});
