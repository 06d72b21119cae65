import { sql } from "kysely";
import { expect, test } from "vitest";
import type { Program } from "../../../src/campaign/program.ts";
import { applyCampaign } from "../../../src/operate/campaign/apply.ts";
import { hashOf, loadDocument } from "../../../src/store/document.ts";
import { testSchema } from "../../support/schema.ts";
import { copyOfRules } from "../support/rules.ts";

const { db } = await testSchema();

async function count(table: "documents" | "campaigns"): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) from ${sql.table(table)}`.execute(db);
  return rows[0]!.count;
}

test("a campaign with faults is refused with all of them, and nothing is stored", async () => {
  const rules = await copyOfRules();
  await rules.edit("campaigns/winback-30.json", '"template": "invite"', '"template": "invitation"');
  await rules.edit("campaigns/winback-30.json", '"within": "P91D"', '"within": "-P91D"');
  const refused = await applyCampaign(db, rules.dir, "winback-30", "me").catch((failure: unknown) => failure);
  expect(refused).toMatchObject({
    faults: [
      { pointer: "/goal/convert/within" },
      { pointer: "/journey/1/send/template", hint: { en: expect.stringContaining("invite") } },
    ],
  });
  expect([await count("documents"), await count("campaigns")]).toEqual([0, 0]);
});

test("an unknown campaign is refused with the nearest name, one that is no JSON with its line", async () => {
  const rules = await copyOfRules();
  await expect(applyCampaign(db, rules.dir, "winback-3", "me")).rejects.toMatchObject({
    faults: [{ hint: { en: 'did you mean "winback-30"?' } }],
  });
  await rules.write("campaigns/half.json", "{\n\n");
  await expect(applyCampaign(db, rules.dir, "half", "me")).rejects.toMatchObject({ faults: [{ pointer: "line 3" }] });
});

test("faults of shared files count, faults of files that it does not use do not", async () => {
  const rules = await copyOfRules();
  await rules.write("campaigns/other.json", { id: "other" });
  await applyCampaign(db, rules.dir, "winback-30", "me");
  await rules.edit("policy.json", '"max": 4', '"max": -4');
  await expect(applyCampaign(db, rules.dir, "winback-30", "me")).rejects.toMatchObject({
    faults: [{ pointer: "/caps/0/max" }],
  });
});

test("what is stored is the program and its templates, by hash, approved", async () => {
  const rules = await copyOfRules();
  const { program: hash } = await applyCampaign(db, rules.dir, "winback-30", "me");
  const program = await loadDocument<Program>(db, hash);
  expect(hashOf(program)).toBe(hash);
  expect(program.campaign).toBe("winback-30");
  for (const [name, template] of Object.entries(program.templates)) {
    const document = await loadDocument<{ name: string; locales: Record<string, { mjml: string }> }>(db, template);
    expect(document.name).toBe(name);
    expect(Object.keys(document.locales).sort()).toEqual(["en", "zh-CN"]);
    expect(hashOf(document)).toBe(template);
  }
  const { rows } = await sql`select program, approved_by, approved_at = applied_at as at_once from campaigns`.execute(
    db,
  );
  expect(rows).toEqual([{ program: hash, approved_by: "me", at_once: true }]);
});

test("the same again changes nothing; a changed template is a new program, and the old one stays", async () => {
  const rules = await copyOfRules();
  const first = await applyCampaign(db, rules.dir, "winback-30", "me");
  const again = await applyCampaign(db, rules.dir, "winback-30", "me");
  expect(again).toMatchObject({ program: first.program, unchanged: true });
  await rules.edit("templates/invite.en.mjml", "</mj-title>", "!</mj-title>");
  const changed = await applyCampaign(db, rules.dir, "winback-30", "me");
  expect(changed.unchanged).toBe(false);
  expect(changed.program).not.toBe(first.program);
  expect(await loadDocument<Program>(db, first.program)).toMatchObject({ campaign: "winback-30" });
});
