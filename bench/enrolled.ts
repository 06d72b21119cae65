import { sql } from "kysely";
import { type CompiledCampaign, compileFrom, compilePosted } from "../src/operate/campaign/apply.ts";
import { launch } from "../src/operate/run/launch.ts";
import { taskDone } from "../src/operate/task/task.ts";
import { type Database, openDatabase } from "../src/store/database.ts";
import { migrateDatabase } from "../src/store/migrate.ts";
import { saveDocument } from "../src/store/document.ts";

const ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York"];
const BEFORE = new Date("2020-01-01T00:00:00Z");

const DAYS = {
  id: "days",
  challenge: {
    days: 30,
    event: "check_in",
    at: "09:00",
    remindAt: "20:00",
    template: "day",
    reminder: "day-reminder",
    gifts: [
      { every: 1, points: 10 },
      { streak: 7, gift: "mug" },
    ],
  },
};

/** The reference campaign's thirty days alone: who buys leaves it; no calls, no survey. */
const CHALLENGE = {
  id: "thirty-days",
  name: { en: "Thirty days", "zh-CN": "三十天" },
  timezone: "Asia/Shanghai",
  audience: { segment: "never-bought" },
  goal: {
    participation: { event: "check_in", atLeast: 1 },
    convert: { event: "order.paid", from: "entry", within: "P91D" },
    onConvert: "exit",
    targets: [],
  },
  budget: { currency: "CNY", lines: [{ id: "gifts", items: [{ what: "马克杯", qty: 50, unitPrice: 20 }] }] },
};

export function challenge(rules: string, days = DAYS.challenge.days): Promise<CompiledCampaign> {
  return compilePosted(rules, { ...CHALLENGE, journey: [{ ...DAYS, challenge: { ...DAYS.challenge, days } }] });
}

/** The whole reference campaign, for the same customers. */
export async function reference(rules: string): Promise<CompiledCampaign> {
  const compiled = await compileFrom(rules, "winback-30");
  const { rule } = compiled.library.segments["never-bought"]!;
  const audience = { segment: "never-bought", rule, holdout: 0 };
  return { ...compiled, program: { ...compiled.program, audience } };
}

export interface Base {
  db: Database;
  schema: string;
  run: string;
  hash: string;
  close(): Promise<void>;
}

/** The teams' work before a campaign is not measured, and a gate that nobody opens would hold everybody up for ever. */
async function finishPreparations(db: Database, run: string): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select id from tasks where run = ${run} and kind = 'plan' and status in ('open', 'overdue') order by due_at`.execute(
    db,
  );
  for (const { id } of rows) await taskDone(db, id, { by: "bench" });
}

/** A schema of its own with so many customers in three zones, all of them enrolled in one run. */
export async function enrol(
  url: string,
  schema: string,
  { program, library }: CompiledCampaign,
  size: number,
  cohortSize: number,
): Promise<Base> {
  await migrateDatabase({ url, schema });
  const db = openDatabase({ url, schema });
  await sql`
    insert into customers (customer_id, timezone, locale, created_at)
    select 'c' || i, (${ZONES}::text[])[1 + i % 3], 'en', ${BEFORE} from generate_series(1, ${sql.lit(size)}) as i`.execute(
    db,
  );
  await sql`
    insert into contacts (customer, kind, value, created_at)
    select id, 'email', customer_id || '@example.org', ${BEFORE} from customers`.execute(db);
  await sql`
    insert into consents (customer, channel, granted, source, at) select id, 'email', true, 'bench', ${BEFORE} from customers`.execute(
    db,
  );
  for (const name of Object.keys(program.templates)) {
    await saveDocument(db, "template", library.templates[name]!.document, BEFORE);
  }
  const hash = await saveDocument(db, "program", { ...program, cohortSize }, BEFORE);
  await sql`
    insert into campaigns (id, program, applied_at, approved_at, approved_by)
    values (${program.campaign}, ${hash}, ${BEFORE}, ${BEFORE}, 'bench')`.execute(db);
  const { run } = await launch(db, { campaign: program.campaign, reach: "inbox", confirmed: true, acceptStale: true });
  await finishPreparations(db, run);
  for (const table of ["customers", "contacts", "consents", "enrolments", "waits"]) {
    await sql`analyze ${sql.ref(table)}`.execute(db);
  }
  const close = async () => {
    await sql`drop schema ${sql.id(schema)} cascade`.execute(db);
    await db.destroy();
  };
  return { db, schema, run, hash, close };
}
