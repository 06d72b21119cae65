import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFrom } from "../../../src/operate/campaign/new.ts";
import { schemas } from "../../../src/operate/rules/schemas.ts";
import { validate } from "../../../src/operate/campaign/validate.ts";
import { copyOfRules } from "../support/rules.ts";

/** "file pointer message" without the folder's name */
async function lines(dir: string, paths?: string[]): Promise<string[]> {
  const { faults } = await validate(dir, paths);
  return faults.map(
    ({ file, pointer, message }) => `${file!.slice(file!.lastIndexOf("rules/") + 6)} ${pointer} ${message.en}`,
  );
}

test("the library that we ship has no faults", async () => {
  const { files, faults } = await validate("rules");
  expect(faults).toEqual([]);
  expect(files).toBeGreaterThan(20);
});

test("the schemas that editors use are up to date (npm run schemas)", async () => {
  for (const [name, text] of Object.entries(schemas())) {
    expect(await readFile(join("rules/schema", name), "utf8"), name).toBe(text);
  }
});

test("every fault of every file is told at once", async () => {
  const rules = await copyOfRules();
  await rules.edit("campaigns/winback-30.json", '"template": "invite"', '"template": "invitation"');
  await rules.edit("coupons/eighty-percent.json", '"percentOff": 20', '"percentOff": 120');
  await rules.edit("gifts/mug.json", '"unitCost": 20', '"unitCost": -1');
  await rules.edit("policy.json", '"21:30"', '"9pm"');
  await rules.edit("teams.json", '"sales": { "name"', '"sales": { "nam"');
  await rules.edit("segments/mid-value-dormant.json", "orders.sum_365d", "orders.summ_365d");
  await rules.edit("templates/day.en.mjml", "<mj-title>", "<mj-titel>");
  await rules.write("campaigns/half.json", '{\n  "id": "half",\n  "name": {\n');
  const found = (await lines(rules.dir)).join("\n");
  for (const start of [
    'campaigns/winback-30.json /journey/1/send/template unknown template "invitation"',
    'campaigns/winback-30.json /audience/segment segment "mid-value-dormant" has faults of its own',
    'campaigns/winback-30.json /journey/2/parallel/branches/1/1/challenge/gifts/1/gift gift "mug" has faults of its own',
    "coupons/eighty-percent.json /percentOff must be at most 100",
    "gifts/mug.json /unitCost must be at least 0",
    'policy.json /quietHours/from "9pm" is not a time of day',
    'teams.json /teams/sales/nam unknown key "nam"',
    "segments/mid-value-dormant.json /rule",
    "templates/day.en.mjml",
    "campaigns/half.json line 4 is not JSON",
  ]) {
    expect(found).toContain(start);
  }
});

test("a path narrows what is told, also a folder", async () => {
  const rules = await copyOfRules();
  await rules.edit("coupons/eighty-percent.json", '"percentOff": 20', '"percentOff": 120');
  await rules.edit("gifts/mug.json", '"unitCost": 20', '"unitCost": -1');
  expect(await lines(rules.dir, [join(rules.dir, "gifts")])).toEqual(["gifts/mug.json /unitCost must be at least 0"]);
  expect(await lines(rules.dir, [join(rules.dir, "coupons/eighty-percent.json")])).toEqual([
    "coupons/eighty-percent.json /percentOff must be at most 100",
  ]);
  await expect(validate(rules.dir, ["no/such/file.json"])).rejects.toThrow("there is no such file or folder");
});

test("a draft outside rules/ is read against the library", async () => {
  const rules = await copyOfRules();
  const source = await readFile(join(rules.dir, "campaigns/winback-30.json"), "utf8");
  const draft = await rules.write("../draft.json", source.replaceAll("product-fit", "product-fitt"));
  expect((await validate(rules.dir, [draft])).faults).toMatchObject([{ hint: { en: 'did you mean "product-fit"?' } }]);
});

test("a template without one of its languages is a fault", async () => {
  const rules = await copyOfRules();
  await rules.write("templates/lonely.en.mjml", await readFile("rules/templates/invite.en.mjml", "utf8"));
  expect(await lines(rules.dir)).toEqual(['templates/lonely.zh-CN.mjml  template "lonely" lacks this language']);
});

test("a file is called what its id says", async () => {
  const rules = await copyOfRules();
  await rules.edit("campaigns/winback-30.json", '"id": "winback-30"', '"id": "winback-31"');
  expect(await lines(rules.dir)).toEqual(['campaigns/winback-30.json /id "winback-31" is not what the file is called']);
});

test("a folder without home.json is no rules folder", async () => {
  await expect(validate("docs")).rejects.toThrow("there is no home.json");
});

test("new: a copy under a new id, without faults, and never over another", async () => {
  const rules = await copyOfRules();
  const file = await createFrom(rules.dir, "campaign", "spring", "winback-30");
  const [copy, source] = await Promise.all(
    [file, join(rules.dir, "campaigns/winback-30.json")].map((path) => readFile(path, "utf8")),
  );
  expect(copy).toBe(source!.replace('"id": "winback-30"', '"id": "spring"'));
  expect(await lines(rules.dir)).toEqual([]);
  await expect(createFrom(rules.dir, "campaign", "spring", "winback-30")).rejects.toThrow("exists already");
  await expect(createFrom(rules.dir, "campaign", "Spring!", "winback-30")).rejects.toThrow("is no id");
  await expect(createFrom(rules.dir, "segment", "mine", "mid-value-dorman")).rejects.toMatchObject({
    faults: [{ hint: { en: 'did you mean "mid-value-dormant"?' } }],
  });
  await createFrom(rules.dir, "segment", "mine", "mid-value-dormant");
  expect(await lines(rules.dir)).toEqual([]);
});
