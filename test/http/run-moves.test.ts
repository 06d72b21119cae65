import { sql } from "kysely";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { realStage } from "../operate/support/real-stage.ts";
import { type As, asking } from "./support/asking.ts";
import { type Serving, serveTest } from "./serving.ts";

const MEMBERS = 6;
const stage = await realStage(["spring"], MEMBERS);
const { db, schema, temporal } = stage;
let serving: Serving;
const ask = asking(db, () => serving);
const ops: As = { role: "ops" };

beforeAll(async () => {
  serving = await serveTest(
    { db, schema, url: inject("databaseUrl") },
    {},
    // the stage closes what it has opened
    { openTemporal: async () => ({ ...temporal, close: async () => undefined }) },
  );
});
afterAll(() => serving.stop());

const mail = (id: string, template: string) => ({ id, send: { channel: "email", template } });
const campaign = (journey: object[]) => ({
  id: "spring",
  name: { en: "Spring", "zh-CN": "春季" },
  audience: { list: "spring" },
  journey,
});
const old = campaign([mail("invite", "invite"), { id: "ready", wait: { for: "P5D" } }, mail("offer", "offer")]);
const edited = campaign([
  mail("invite", "invite"),
  { id: "patience", wait: { for: "P5D" } },
  mail("last", "last-call"),
]);

const post = (path: string, body: object = {}) => ask(ops, "POST", path, { body });
const mails = async () => {
  const { rows } = await sql<{ step: string; n: number }>`
    select step, count(*)::int as n from messages group by step order by step`.execute(db);
  return Object.fromEntries(rows.map((row) => [row.step, row.n]));
};

test(
  "a run that is launched, paused, lost, recovered and migrated over HTTP takes everybody to the end once",
  { timeout: 600_000 },
  async () => {
    await stage.apply(old);
    const { body } = await post("/v1/campaigns/spring/runs");
    const run = String(body.run);
    await stage.until(1);
    expect(await mails()).toEqual({ invite: MEMBERS });

    expect((await post(`/v1/runs/${run}/pause`)).status).toBe(200);
    await stage.until(2);
    expect((await post(`/v1/runs/${run}/resume`)).status).toBe(200);
    await stage.quiet();
    expect((await ask(ops, "GET", `/v1/runs/${run}`)).body).toMatchObject({
      line: { status: "running", live: MEMBERS },
      head: { pauses: 1 },
    });

    await stage.lose(run);
    expect(await post(`/v1/runs/${run}/recover`)).toMatchObject({
      status: 200,
      body: { run, restarted: 1, members: MEMBERS, runRestarted: true },
    });
    expect((await post("/v1/runs/recover")).body).toMatchObject({ items: [{ run, restarted: 0, running: 1 }] });

    const { program } = await stage.apply(edited);
    const over = (more: object) => post(`/v1/runs/${run}/migrate`, more);
    expect((await over({ preview: true })).body).toMatchObject({
      ...{ became: program, preview: true, members: MEMBERS },
      places: [{ from: "ready~", to: null, members: MEMBERS }],
    });
    expect((await over({})).status).toBe(422);
    expect(await over({ renames: { redy: "patience" } })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: "/renames/redy", hint: 'did you mean "ready"?' }] },
    });
    expect((await over({ renames: { ready: "patience" } })).body).toMatchObject({
      ...{ became: program, preview: false },
      places: [{ from: "ready~", to: "patience~", members: MEMBERS }],
    });
    await stage.until(8);
    expect(await mails()).toEqual({ invite: MEMBERS, last: MEMBERS });
    expect((await ask(ops, "GET", `/v1/runs/${run}`)).body).toMatchObject({
      ...{ ended: { completed: MEMBERS }, backlog: { cohortsToStart: 0, stimuliUnsent: 0 } },
    });
  },
);
