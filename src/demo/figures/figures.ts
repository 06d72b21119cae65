import { sql } from "kysely";
import type { Database } from "../../store/database.ts";
import { cohortWorkflowId, runWorkflowId, type Temporal } from "../../temporal/client.ts";
import { type Actions, countHistory, type HistoryCount, noActions, totalOf } from "./count.ts";

/** What a run has cost in Temporal, and how fast it went in real time. */
export interface Figures {
  run: string;
  /** members of cohorts; holdout members cost Temporal nothing */
  enrolments: number;
  workflows: number;
  events: number;
  bytes: number;
  actions: Actions & { total: number };
  perEnrolment: { actions: number; actionsWithoutClock: number; events: number; bytes: number };
  messages: number;
  checkIns: number;
  orders: number;
  /** from the first to the last event of any history, real time */
  seconds: number;
  /** whole lives of enrolments */
  enrolmentsPerSecond: number;
  messagesPerSecond: number;
}

export async function measureRun(db: Database, temporal: Temporal, schema: string, run: string): Promise<Figures> {
  const { cohorts, ...rows } = await countRows(db, run);
  const ids = [runWorkflowId(schema, run), ...cohorts.map((cohort) => cohortWorkflowId(schema, run, cohort))];
  const histories: HistoryCount[] = [];
  // one after the other: a history may be as large as 50 MB
  for (const id of ids) histories.push(...(await countWorkflow(temporal, id)));
  const actions = noActions();
  for (const history of histories) {
    for (const kind of Object.keys(actions) as (keyof Actions)[]) actions[kind] += history.actions[kind];
  }
  const events = histories.reduce((sum, history) => sum + history.events, 0);
  const bytes = histories.reduce((sum, history) => sum + history.bytes, 0);
  const total = totalOf(actions);
  const span = Math.max(...histories.map(({ last }) => last)) - Math.min(...histories.map(({ first }) => first));
  const seconds = Math.max(span, 1) / 1000;
  const each = Math.max(rows.enrolments, 1);
  return {
    run,
    ...rows,
    workflows: ids.length,
    events,
    bytes,
    actions: { ...actions, total },
    perEnrolment: {
      actions: total / each,
      actionsWithoutClock: (total - actions.clockSignals - actions.localActivities) / each,
      events: events / each,
      bytes: bytes / each,
    },
    seconds,
    enrolmentsPerSecond: rows.enrolments / seconds,
    messagesPerSecond: rows.messages / seconds,
  };
}

/** All executions under one id, the latest first found, then from the first on. */
async function countWorkflow(temporal: Temporal, id: string): Promise<HistoryCount[]> {
  const latest = await temporal.client.workflow.getHandle(id).fetchHistory();
  const first = latest.events?.[0]?.workflowExecutionStartedEventAttributes?.firstExecutionRunId;
  const counts: HistoryCount[] = [];
  for (let execution = first || undefined; execution;) {
    const { events } = await temporal.client.workflow.getHandle(id, execution).fetchHistory();
    counts.push(countHistory(events ?? []));
    execution = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId || undefined;
  }
  return counts;
}

interface Rows {
  enrolments: number;
  messages: number;
  checkIns: number;
  orders: number;
  cohorts: number[];
}

async function countRows(db: Database, run: string): Promise<Rows> {
  const { rows } = await sql<Rows>`
    with members as (select id, customer from enrolments where run = ${run} and arm = 'treatment')
    select
      (select count(*) from members) as enrolments,
      (select count(*) from messages where run = ${run} and status = 'accepted') as messages,
      (select count(*) from check_ins c join members m on m.id = c.enrolment) as "checkIns",
      (select count(*) from orders o join members m on m.customer = o.customer
       where o.paid_at >= (select launched_at from runs where id = ${run})) as orders,
      (select coalesce(array_agg(cohort order by cohort), '{}') from cohorts where run = ${run}) as cohorts`.execute(
    db,
  );
  return rows[0]!;
}
