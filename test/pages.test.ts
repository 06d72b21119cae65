import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));
/** For those who change the code, and a list in both languages at once. */
const ENGLISH_ALONE = ["decisions.md", "api-routes.md"];
const docs = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
const english = docs.filter((name) => !name.endsWith(".zh-CN.md") && !ENGLISH_ALONE.includes(name));
const read = (name: string) => readFileSync(join(root, "docs", name), "utf8");
const twinOf = (name: string) => name.replace(/\.md$/, ".zh-CN.md");

test.each(english)("docs/%s has a Chinese twin of the same shape, and each leads to the other", (name) => {
  const twin = twinOf(name);
  expect(docs).toContain(twin);
  expect(shapeOf(read(twin))).toEqual(shapeOf(read(name)));
  expect(read(name)).toContain(`](${twin})`);
  expect(read(twin)).toContain(`](${name})`);
});

test.each(["README.md", "README.zh-CN.md", "CHANGELOG.md", ...docs.map((name) => `docs/${name}`)])(
  "links of %s lead to files and headings that are there",
  (page) => {
    const text = readFileSync(join(root, page), "utf8");
    const links = Array.from(bare(text).matchAll(/\]\(([^)\s]+)\)/g), ([, link]) => link!);
    const broken = links.filter((link) => !/^[a-z]+:/.test(link) && !isThere(page, link));
    expect(broken).toEqual([]);
  },
);

/** Levels of headings, and languages of the blocks below each. */
function shapeOf(text: string): string[] {
  const lines = text.match(/^(#+ |```\w*)/gm) ?? [];
  return lines.map((line) => line.trim());
}

function bare(text: string): string {
  return text.replaceAll(/^```[^]*?^```$/gm, "").replaceAll(/`[^`\n]*`/g, "");
}

function isThere(page: string, link: string): boolean {
  const [file, heading] = decodeURI(link).split("#") as [string, string | undefined];
  const path = file === "" ? join(root, page) : join(root, dirname(page), file);
  if (!existsSync(path)) return false;
  return heading === undefined || anchorsOf(readFileSync(path, "utf8")).includes(heading);
}

/** As GitHub names headings. */
function anchorsOf(text: string): string[] {
  const outside = text.replaceAll(/^```[^]*?^```$/gm, "");
  return Array.from(outside.matchAll(/^#+ (.+)$/gm), ([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}\p{Pc} -]/gu, "")
      .replaceAll(" ", "-"),
  );
}
