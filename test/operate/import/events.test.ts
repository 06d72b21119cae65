import { readFile } from "node:fs/promises";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { importing } from "../../support/importing.ts";

const it = importing();

test("imported events mean what rules/events/ says: other names, other fields, and what a type must have", async () => {
  const file = await it.file(
    "events.csv",
    [
      "event_id,customer_id,type,occurred_at,title",
      "e1,c1,Song Played,2024-03-01 10:00,Jasmine",
      "e2,c1,Song Played,2024-03-02 10:00,",
      "e3,c1,visited,2024-03-03 10:00,door",
      "e4,c1,customer.identified,2024-03-04 10:00,",
    ].join("\n"),
  );
  expect(await it.run("events", file)).toMatchObject({ accepted: 2, rejected: 2 });
  const rows = await it.rows(sql`select event_id, type, data from events order by event_id`);
  expect(rows).toEqual([
    { event_id: "e1", type: "song.played", data: { title: "Jasmine", song: "Jasmine" } },
    { event_id: "e3", type: "visited", data: { title: "door" } },
  ]);
  const rejects = await readFile(`${file}.rejects.csv`, "utf8");
  expect(rejects).toContain("3,song,no song,");
  expect(rejects).toContain("5,type,");
});

test("a header that a spreadsheet would work out is only text in the list of what was left out", async () => {
  const line = "e9,c1,visited,2024-03-01 10:00,a\u0000b";
  const file = await it.file(
    "formula.csv",
    `event_id,customer_id,type,occurred_at,=1+1\n${line}\n${line.replace("\u0000", "")}`,
  );
  expect(await it.run("events", file)).toMatchObject({ accepted: 1, rejected: 1 });
  expect(await readFile(`${file}.rejects.csv`, "utf8")).toMatch(/^2,'=1\+1,/m);
});
