import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { transaction } from "../../src/store/database.ts";
import { minuteOf, setClock } from "../../src/store/clock.ts";
import { insertStimuli } from "../../src/store/stimulus.ts";
import type { Temporal } from "../../src/temporal/client.ts";
import { dispatchStimuli } from "../../src/temporal/dispatch.ts";
import type { Numbered, Stimulus } from "../../workflows/messages.ts";
import { testSchema } from "../support/schema.ts";

const { db } = await testSchema();
const AT = new Date("2026-04-01T02:00:00Z");
const at = minuteOf(AT);
const LEFT: Stimulus = { kind: "convert", at, epoch: 1, pc: -1 };
const GOES_ON: Stimulus = { kind: "convert", at, epoch: 1, pc: 7 };

let sent: { workflow: string; stimuli: Numbered[] }[] = [];
const temporal = {
  client: {
    workflow: {
      getHandle: (workflow: string) => ({
        signal: async (_: unknown, stimuli: Numbered[]) => void sent.push({ workflow, stimuli }),
      }),
    },
  },
} as unknown as Temporal;

beforeEach(async () => {
  sent = [];
  await sql`truncate stimuli, cohorts, runs cascade`.execute(db);
  await sql`insert into documents (hash, kind, body, created_at) values ('p', 'program', '{}', ${AT}) on conflict do nothing`.execute(
    db,
  );
  await sql`
    insert into runs (id, campaign, program, status, launched_at, launch_day) values ('r', 'r', 'p', 'running', ${AT}, 1)`.execute(
    db,
  );
  await sql`
    insert into cohorts (run, cohort, workflow_id, zone, size, status)
    select 'r', n, 'w' || n, 'UTC', 500, 'live' from generate_series(0, 1) as n`.execute(db);
});

const store = (cohort: number, member: number, stimulus: Stimulus) =>
  transaction(db, (tx) => insertStimuli(tx, [{ run: "r", cohort, member, stimulus }], AT));
const told = () => sent.map(({ stimuli }) => stimuli.map(({ number, member }) => `${number}: ${member}`));

test("who has left by buying is told to the cohort with the next that cannot wait", async () => {
  await setClock(db, AT, 1);
  await store(0, 3, LEFT);
  await store(0, 4, LEFT);
  await store(1, 5, LEFT);
  await dispatchStimuli(db, temporal, "s");
  expect(sent).toEqual([]);
  await store(0, 6, GOES_ON);
  await dispatchStimuli(db, temporal, "s");
  expect(told()).toEqual([["1: 3", "2: 4", "3: 6"]]);
  await dispatchStimuli(db, temporal, "s");
  expect(sent).toHaveLength(1);
});

test("nobody waits longer than a day", async () => {
  await setClock(db, AT, 1);
  await store(0, 3, LEFT);
  await setClock(db, new Date(AT.getTime() + 23 * 3_600_000), 1);
  await dispatchStimuli(db, temporal, "s");
  expect(sent).toEqual([]);
  await setClock(db, new Date(AT.getTime() + 25 * 3_600_000), 1);
  await dispatchStimuli(db, temporal, "s");
  expect(told()).toEqual([["1: 3"]]);
});

test("a clock that is moved by hand waits for nobody", async () => {
  await setClock(db, AT, 0);
  await store(0, 3, LEFT);
  await dispatchStimuli(db, temporal, "s");
  expect(told()).toEqual([["1: 3"]]);
});
