import { mkdir, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { nearest, refuse } from "../../fault.ts";
import { filesIn, shown } from "../rules/folder.ts";

export type NewKind = "campaign" | "segment";

const ID = /^[a-z][a-z0-9-]{0,47}$/;

/**
 * Copies a campaign or segment of rules/ under a new id, for a marketer to change.
 * @returns the new file
 * @throws InputError when the id is no id or taken, or there is nothing to copy from
 */
export async function createFrom(rulesDir: string, kind: NewKind, id: string, from: string): Promise<string> {
  const folder = join(rulesDir, `${kind}s`);
  if (!ID.test(id)) {
    throw refuse(id, {
      en: "is no id: lower-case letters, digits and hyphens, a letter first, at most 48",
      "zh-CN": "不能作为 id：须以小写字母开头，仅含小写字母、数字和连字符，最多 48 个字符",
    });
  }
  const known = (await filesIn(folder, ".json")).map((name) => name.slice(0, -".json".length));
  if (!known.includes(from)) {
    const what = { campaign: "活动", segment: "人群" }[kind];
    throw refuse(
      from,
      {
        en: `there is no ${kind} to copy from in ${shown(folder)}`,
        "zh-CN": `${shown(folder)} 中没有可供复制的${what}`,
      },
      nearest(from, known),
    );
  }
  const source = await readFile(join(folder, `${from}.json`), "utf8");
  const path = join(folder, `${id}.json`);
  await mkdir(folder, { recursive: true });
  try {
    const file = await open(path, "wx");
    await file.writeFile(withId(source, id));
    await file.close();
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code !== "EEXIST") throw failure;
    throw refuse(shown(path), { en: "exists already; nothing was written", "zh-CN": "文件已存在，未作任何写入" });
  }
  return shown(path);
}

/** Only the id changes; order, spacing and everything else stay as their writer put them. */
function withId(source: string, id: string): string {
  const own: unknown = JSON.parse(source).id;
  return source.replace(`"id": ${JSON.stringify(own)}`, `"id": ${JSON.stringify(id)}`);
}
