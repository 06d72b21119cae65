import { sql } from "kysely";
import { expect, test } from "vitest";
import { loadJourneys } from "../../src/delivery/journey.ts";
import { saveDocument } from "../../src/store/document.ts";
import { claimMessages } from "../../src/store/message-claim.ts";
import { compileTemplate } from "../../src/template/compile.ts";
import { render } from "../../src/template/render.ts";
import { sampleData } from "../../src/template/sample.ts";
import { testSchema } from "../support/schema.ts";
import { START, world } from "./world.ts";

const { db } = await testSchema();

const MAIL = `<mjml><mj-head><mj-title>t</mj-title></mj-head><mj-body><mj-section><mj-column><mj-text>
{% for item in trigger.items %}[{{ item.name }} x{{ item.qty }}]{% endfor %} for {{ trigger.amount }} ({{ trigger.note }});
{{ params.discount }} % off {{ params.least }} until {{ params.last }}, day {{ run.day }} of {{ run.id }}, spent {{ steps.note.spent }}
</mj-text></mj-column></mj-section></mj-body></mjml>`;

test("a mail says what brought its reader in, what the launch set and what earlier steps kept", async () => {
  const w = await world(db, 2);
  const uses = {
    "trigger.items": "any",
    "trigger.amount": "money",
    "trigger.note": "any",
    "params.discount": "number",
    "params.least": "money",
    "params.last": "date",
    "run.day": "number",
    "run.id": "string",
    "steps.note.spent": "money",
  };
  const program = await saveDocument(
    db,
    "program",
    {
      policy: { caps: [], problemFirst: true },
      campaign: w.run,
      currency: "CNY",
      params: {
        discount: { type: "number", default: 10 },
        least: { type: "money", default: 5990 },
        last: { type: "date", default: "2026-06-08" },
      },
      steps: { hello: { kind: "send", id: "hello", uses }, plain: { kind: "send", id: "plain" } },
    },
    START,
  );
  await sql`update runs set program = ${program}, params = '{"discount": 15}' where id = ${w.run}`.execute(db);
  await sql`
    update enrolments set data = '{"note": {"spent": 120050}}',
      trigger = '{"amount": 268, "note": "<b>", "items": [{"name": "Longjing", "qty": 1}, {"name": "Gaiwan", "qty": 2}]}'
    where id = ${w.enrolments[0]!}`.execute(db);
  await w.queue({ step: "hello", locale: "en" });
  await w.queue({ step: "plain", locale: "en" });
  const messages = await claimMessages(db, {
    channel: "email",
    at: new Date(START.getTime() + 60_000),
    limit: 10,
    by: "test",
    leaseMs: 60_000,
  });
  expect(messages.map((message) => message.program)).toEqual(messages.map(() => program));

  const data = await loadJourneys(db, messages, START);
  expect(data.size).toBe(2); // who says nothing of it is not asked about
  const textOf = async (enrolment: number) => {
    const message = messages.find((each) => each.enrolment === enrolment && each.step === "hello")!;
    const { trigger: _, ...sample } = sampleData("Tea", "en");
    const { text } = render(await compileTemplate(MAIL, "en"), { ...sample, ...data.get(message.id) });
    return text.replaceAll(/\s+/g, " ");
  };
  expect(await textOf(w.enrolments[0]!)).toContain(
    `[Longjing x1][Gaiwan x2] for ¥268 (<b>); 15 % off ¥59.90 until 8 June 2026, day 1 of ${w.run}, spent ¥1,200.50`,
  );
  expect(await textOf(w.enrolments[1]!)).toContain(" for (); 15 % off ¥59.90 until 8 June 2026, day 1 of");
});
