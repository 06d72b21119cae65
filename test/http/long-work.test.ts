import { expect, test } from "vitest";
import { openLongWork } from "../../src/http/long-work.ts";
import { Problem } from "../../src/http/problem.ts";

/** Work that ends when it is told to. */
function piece() {
  let end = () => {};
  const over = new Promise<void>((resolve) => (end = resolve));
  return { end, work: () => over };
}

test("only so much is done at a time, in the order in which it came, also after some of it failed", async () => {
  const long = openLongWork(2, 60_000);
  const begun: number[] = [];
  const pieces = [piece(), piece(), piece(), piece()];
  const all = pieces.map(({ work }, i) =>
    long(async () => {
      begun.push(i);
      await work();
      if (i === 0) throw new Error("failed");
    }),
  );
  const first = expect(all[0]).rejects.toThrow("failed");
  await new Promise(setImmediate);
  expect(begun).toEqual([0, 1]);
  pieces[0]!.end();
  await first;
  await new Promise(setImmediate);
  expect(begun).toEqual([0, 1, 2]);
  for (const { end } of pieces) end();
  await Promise.all(all.slice(1));
  expect(begun).toEqual([0, 1, 2, 3]);
});

test("who waits too long is sent away, and keeps no place", async () => {
  const long = openLongWork(1, 20);
  const { end, work } = piece();
  const busy = long(work);
  await expect(long(async () => "never")).rejects.toMatchObject(new Problem(503, "busy", expect.anything()));
  end();
  await busy;
  expect(await long(async () => "now")).toBe("now");
});
