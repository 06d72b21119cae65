import { sql } from "kysely";
import { beforeAll, describe, expect, test } from "vitest";
import { compileCampaign } from "../../../src/campaign/compile/campaign.ts";
import { optionName } from "../../../src/campaign/option-name.ts";
import { OPTION_BASE, OUTCOMES, type Program } from "../../../src/campaign/program.ts";
import { minuteOf, setClock } from "../../../src/store/clock.ts";
import { readLibrary } from "../../../src/operate/rules/library.ts";
import { type BehaviourName, type TryOptions, tryCampaign } from "../../../src/operate/campaign/try.ts";
import { testSchema } from "../../support/schema.ts";

const { db } = await testSchema();
const LAUNCH = new Date("2026-04-01T02:00:00Z"); // Wednesday, 10:00 in Shanghai

beforeAll(async () => {
  await setClock(db, LAUNCH, 0);
  await sql`insert into customers (customer_id, traits, created_at) values ('C1', '{"birthday": "1990-04-20"}', ${LAUNCH})`.execute(
    db,
  );
  await sql`
    insert into contacts (customer, kind, value, created_at)
    select id, 'email', 'c1@example.com', ${LAUNCH} from customers`.execute(db);
  await sql`
    insert into consents (customer, channel, granted, source, at)
    select id, 'email', true, 'test', ${LAUNCH} from customers`.execute(db);
  await sql`
    insert into orders (order_id, customer, paid_at, amount, currency, source)
    select 'O1', id, ${LAUNCH}::timestamptz - interval '6 days', 5000, 'CNY', 'test' from customers`.execute(db);
});

async function program(journey: unknown[], more: object = {}): Promise<Program> {
  const { library } = await readLibrary("rules");
  const file = { id: "try", name: { en: "Try", "zh-CN": "试" }, journey, ...more };
  const compiled = compileCampaign({ audience: { segment: "dormant" }, ...file }, library, "try.json");
  expect(compiled.faults.filter((fault) => fault.severity === "error")).toEqual([]);
  return compiled.program!;
}

/** "day step outcome" of what became final */
async function tried(of: Program, behaviour: BehaviourName, more: Partial<TryOptions> = {}): Promise<string[]> {
  const { trace } = await tryCampaign(db, of, { customer: "C1", behaviour, channels: ["email"], ...more });
  return trace
    .filter(({ outcome }) => !["waiting", "deferred"].includes(OUTCOMES[outcome]!))
    .map(({ step, outcome, occurrence, at }) => {
      const day = Math.floor((at - minuteOf(LAUNCH)) / 1440);
      const name = OUTCOMES[outcome] ?? optionName(of.steps[step], outcome - OPTION_BASE);
      return `${day} ${step}${occurrence > 1 ? `#${occurrence}` : ""} ${name}`;
    });
}

const note = (id: string, value: unknown = true) => ({ id, set: { values: { it: value } } });

describe("a tried customer", () => {
  test("goes round until the days that pass make the condition true", async () => {
    const until = { ">=": [{ var: "days_since.last_order" }, 10] };
    const repeated = await program([{ id: "r", repeat: { times: 9, every: "P2D", until, steps: [note("pass")] } }]);
    expect((await tried(repeated, "quiet")).filter((line) => line.includes("pass"))).toEqual([
      "0 pass done",
      "2 pass#2 done",
    ]);
    const waited = await program([{ id: "w", waitFor: { if: until, within: "P9D" } }, note("then")]);
    expect(await tried(waited, "quiet")).toEqual(["3 w met", "3 then done"]);
  });

  test("acts on the first of several, or not at all", async () => {
    const either = { any: [{ event: "order.paid", then: [note("bought")] }, { event: "check_in" }], within: "P5D" };
    const journey = await program([{ id: "w", waitFor: { ...either, timeout: [note("silent")] } }]);
    expect(await tried(journey, "keen")).toEqual(["2 bought done"]);
    expect(await tried(journey, "quiet")).toEqual(["5 w/expire timeout", "5 silent done"]);
  });

  test("does at a step what is said, when it is said; its acts are told", async () => {
    const journey = await program([
      {
        id: "w",
        waitFor: {
          any: [
            { event: "order.paid", then: [note("bought")] },
            { id: "came", event: "check_in", then: [note("here")] },
          ],
          within: "P5D",
          timeout: [note("silent")],
        },
      },
      { id: "ask", survey: { template: "survey", within: "P3D", questions: [{ id: "score", rating: 5 }] } },
      {
        id: "good",
        branch: { if: { ">": [{ var: "steps.ask.score" }, 3] }, then: [note("glad")], else: [note("sad")] },
      },
      {
        id: "call",
        task: {
          to: { team: "sales" },
          title: "Call",
          due: "P3D",
          outcomes: [{ id: "yes" }, { id: "no", then: [note("refused")] }],
        },
      },
    ]);
    const choose = { do: { w: "came@3", ask: "4", call: "no@2" } };
    const { acts } = await tryCampaign(db, journey, {
      customer: "C1",
      behaviour: "quiet",
      channels: ["email"],
      ...choose,
    });
    const day = (at: number) => (at - minuteOf(LAUNCH)) / 1440;
    expect(acts.map(({ at, step, by, what }) => `${day(at)} ${step} ${by} ${what}`)).toEqual([
      "3 w customer check_in",
      "4 ask customer 4",
      "6 call rep no",
    ]);
    const lines = await tried(journey, "quiet", choose);
    expect(lines).toEqual(expect.arrayContaining(["3 here done", "4 glad done", "6 refused done"]));
    expect(lines.join()).not.toMatch(/bought|silent|sad/);
    expect(await tried(journey, "keen", { do: { w: "never", ask: "never" } })).toEqual(
      expect.arrayContaining(["5 silent done", "8 ask/expire timeout", "8 sad done"]),
    );
    await expect(tried(journey, "keen", { do: { aks: "4" } })).rejects.toThrow('"aks" is no step that waits');
    await expect(tried(journey, "keen", { do: { ask: "6" } })).rejects.toThrow('nobody can do "6" there');
  });

  test("meets the goal by buying, which leads out of the journey or on, once and only within its window", async () => {
    const steps = [
      { id: "first", waitFor: { event: "order.paid", within: "P9D" } },
      note("between"),
      { id: "second", waitFor: { event: "order.paid", within: "P9D" } },
      note("last"),
    ];
    const goal = (onConvert: unknown, within = "P30D") => ({
      goal: { convert: { event: "order.paid", within }, onConvert },
    });
    expect(await tried(await program(steps, goal("exit")), "keen")).toEqual([]);
    expect(await tried(await program(steps, goal({ goto: "second" })), "keen")).toEqual(["4 last done"]);
    const through = ["2 between done", "4 last done"];
    expect(await tried(await program(steps, goal("continue")), "keen")).toEqual(through);
    expect(await tried(await program(steps, goal("exit", "P2D")), "keen")).toEqual(through);
  });

  test("has a birthday, a way by chance that is theirs, and a run whose days are counted", async () => {
    const journey = await program([
      {
        id: "half",
        split: {
          branches: [
            { id: "a", weight: 50, then: [note("in-a")] },
            { id: "b", weight: 50, then: [note("in-b")] },
          ],
        },
      },
      { id: "near", wait: { until: { date: { trait: "birthday", offset: "-P3D", at: "10:00" } } } },
      { id: "late", branch: { if: { "==": [{ var: "run.day" }, 17] }, then: [note("yes")] } },
    ]);
    const lines = await tried(journey, "keen");
    expect(lines[1]).toBe(lines[0] === "0 half a" ? "0 in-a done" : "0 in-b done");
    expect(lines.slice(2)).toEqual(["0 near scheduled", "16 late case 1", "16 yes done"]);
  });

  test("is asked with what the launch sets and what the event carried", async () => {
    const journey = await program(
      [
        {
          id: "big",
          branch: {
            if: { ">=": [{ var: "trigger.amount" }, { var: "params.least" }] },
            then: [note("yes")],
            else: [note("no")],
          },
        },
      ],
      { params: { least: { type: "money", default: 100 } }, trigger: { event: { type: "cart.updated" } } },
    );
    const trigger = { amount: 150 };
    expect(await tried(journey, "keen", { trigger })).toContain("0 yes done");
    expect(await tried(journey, "keen", { trigger, set: { least: "200" } })).toContain("0 no done");
    expect(await tried(journey, "keen")).toContain("0 no done");
    await expect(tried(journey, "keen", { set: { lest: "200" } })).rejects.toThrow("unknown parameter");
  });
});
