import { describe, expect, test } from "vitest";
import { openGather } from "../../src/http/gather.ts";

/** A query that answers when told. */
function slow() {
  const calls: { keys: number[]; answer: () => void; fail: (error: Error) => void }[] = [];
  const load = (keys: number[]) =>
    new Promise<string[]>((resolve, reject) =>
      calls.push({ keys, answer: () => resolve(keys.map((key) => `row ${key}`)), fail: reject }),
    );
  return { calls, load };
}
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("requests that ask at the same time", () => {
  test("share a query, and those that come while it runs share the next; each gets its own row", async () => {
    const { calls, load } = slow();
    const ask = openGather(load);
    const first = Promise.all([ask(1), ask(2)]);
    await turn();
    const second = Promise.all([ask(3), ask(4), ask(3)]);
    await turn();
    expect(calls.map(({ keys }) => keys)).toEqual([[1, 2]]);
    calls[0]!.answer();
    expect(await first).toEqual(["row 1", "row 2"]);
    await turn();
    expect(calls.map(({ keys }) => keys)).toEqual([
      [1, 2],
      [3, 4, 3],
    ]);
    calls[1]!.answer();
    expect(await second).toEqual(["row 3", "row 4", "row 3"]);
  });

  test("hear of a failed query, and later ones do not suffer for it", async () => {
    const { calls, load } = slow();
    const ask = openGather(load);
    const lost = ask(1);
    await turn();
    calls[0]!.fail(new Error("away"));
    await expect(lost).rejects.toThrow("away");
    const next = ask(2);
    await turn();
    calls[1]!.answer();
    expect(await next).toBe("row 2");
  });
});
