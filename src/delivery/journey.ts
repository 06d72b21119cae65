import { sql } from "kysely";
import type { Program } from "../campaign/program.ts";
import type { Value, Variable } from "../rule/ast.ts";
import type { Database } from "../store/database.ts";
import { loadDocument } from "../store/document.ts";
import { loadJourneyFacts } from "../store/journey-facts.ts";
import type { ClaimedMessage } from "../store/message-claim.ts";
import type { TemplateData } from "../template/data.ts";
import { formatDate, formatMoney } from "./format.ts";

export type JourneyData = Pick<TemplateData, "trigger" | "params" | "steps" | "run">;

/** What the messages' templates say of their journeys, by message; nothing is asked for templates that say nothing of it. */
export async function loadJourneys(
  db: Database,
  messages: ClaimedMessage[],
  at: Date,
): Promise<Map<string, JourneyData>> {
  const data = new Map<string, JourneyData>();
  for (const [hash, ofProgram] of byProgram(messages)) {
    const program = await loadDocument<Program>(db, hash);
    const using = ofProgram.flatMap((message) => {
      const uses = usesOf(program, message.step);
      return uses ? [{ message, uses }] : [];
    });
    if (using.length === 0) continue;
    const enrolments = [...new Set(using.map(({ message }) => message.enrolment))];
    const variables = new Map(using.flatMap(({ uses }) => variablesOf(uses).map((each) => [each.name, each] as const)));
    const facts = await loadJourneyFacts(db, program, enrolments, [...variables.values()], at);
    const triggers = await loadTriggers(db, enrolments);
    for (const { message, uses } of using) {
      const values = facts.get(message.enrolment) ?? {};
      data.set(
        message.id,
        journeyData(uses, triggers.get(message.enrolment) ?? {}, values, program.currency, message.locale),
      );
    }
  }
  return data;
}

type Uses = Record<string, Variable["type"] | "any">;

/** Typed names ready to read: amounts with their sign, dates in words. Lists and objects of the trigger as they came. */
export function journeyData(
  uses: Uses,
  trigger: Record<string, unknown>,
  values: Record<string, Value>,
  currency: string,
  locale: string,
): JourneyData {
  const data: Record<string, unknown> = { trigger: structuredClone(trigger) };
  for (const [name, type] of Object.entries(uses)) {
    if (type === "any") continue;
    const value = values[name] ?? null;
    if (type === "money" && typeof value === "number") put(data, name, formatMoney(value, currency, locale));
    else if (type === "date" && typeof value === "string") put(data, name, formatDate(value, locale));
    else put(data, name, value);
  }
  return data;
}

function put(data: Record<string, unknown>, name: string, value: unknown): void {
  const parts = name.split(".");
  const last = parts.pop()!;
  let place = data;
  for (const part of parts) {
    const inner = place[part];
    place = (typeof inner === "object" && inner !== null ? inner : (place[part] = {})) as Record<string, unknown>;
  }
  place[last] = value;
}

function usesOf({ steps }: Program, name: string): Uses | undefined {
  const step = steps[name];
  return step && "uses" in step ? step.uses : undefined;
}

function variablesOf(uses: Uses): Variable[] {
  return Object.entries(uses).flatMap(([name, type]) =>
    type === "any" ? [] : [{ name, type, source: { from: "scope" as const } }],
  );
}

async function loadTriggers(db: Database, enrolments: number[]): Promise<Map<number, Record<string, unknown>>> {
  const { rows } = await sql<{ id: number; trigger: Record<string, unknown> }>`
    select id, trigger from enrolments where id = any(${enrolments}::bigint[])`.execute(db);
  return new Map(rows.map((row) => [row.id, row.trigger]));
}

function byProgram(messages: ClaimedMessage[]): Map<string, ClaimedMessage[]> {
  const groups = new Map<string, ClaimedMessage[]>();
  for (const message of messages) groups.set(message.program, [...(groups.get(message.program) ?? []), message]);
  return groups;
}
