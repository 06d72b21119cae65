import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { importing } from "../../support/importing.ts";

const it = importing();
const { run, file, count } = it;

test("what cannot be a file of customers is named for what it is", async () => {
  await expect(run("customers", await file("nothing.csv", ""))).rejects.toThrow("the file is empty");
  const folder = join(it.folder, "folder.csv");
  await mkdir(folder);
  await expect(run("customers", folder)).rejects.toThrow("this is a folder");
  await rm(folder, { recursive: true });
});

test("a list of rejected lines that cannot be written stops the import before anything is stored", async () => {
  const given = await file("some.csv", "customer_id,email\na,a@example.com\nb,no address\n");
  const nowhere = join(it.folder, "no such folder", "rejects.csv");
  await expect(run("customers", given, { rejects: nowhere })).rejects.toThrow("list of rejected lines");
  expect([await count("customers"), await count("imports")]).toEqual([0, 0]);
  expect(await run("customers", given)).toMatchObject({ created: 1, rejected: 1 });
});
