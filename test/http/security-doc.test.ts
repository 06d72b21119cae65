import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../../", import.meta.url);
const read = (file: string) => readFileSync(new URL(file, root), "utf8");

/** "`test/http/own.test.ts`: *name*", as the page names the tests that cover a risk. */
function namedTests(page: string): { file: string; name: string }[] {
  return [...page.matchAll(/`(test\/[\w./-]+\.test\.ts)`((?:(?:: |; )\*[^*\n]+\*)+)/g)].flatMap(([, file, names]) =>
    [...names!.matchAll(/\*([^*\n]+)\*/g)].map(([, name]) => ({ file: file!, name: name! })),
  );
}

test.each(["docs/security.md", "docs/security.zh-CN.md"])(
  "%s goes through all ten risks, and each test that it names is there",
  (doc) => {
    const page = read(doc);
    for (let risk = 1; risk <= 10; risk++) {
      const row = page.split("\n").find((line) => line.startsWith(`| API${risk} `)) ?? "";
      expect({ risk, tests: namedTests(row).length }).not.toEqual({ risk, tests: 0 });
    }
    const named = namedTests(page);
    const missing = named.filter(
      ({ file, name }) => !existsSync(new URL(file, root)) || !read(file).includes(`"${name}"`),
    );
    expect(missing).toEqual([]);
  },
);

test("both languages name the same tests", () => {
  expect(namedTests(read("docs/security.zh-CN.md"))).toEqual(namedTests(read("docs/security.md")));
});
