import type { WorkflowClient } from "@temporalio/client";
import type { temporal } from "@temporalio/proto";
// a CommonJS module whose names Node cannot see
import protocol from "@temporalio/proto";

type Events = temporal.api.history.v1.IHistory;
const { api } = protocol.temporal;
const { EventType } = api.enums.v1;
const { History } = api.history.v1;

/** What Temporal bills as an action, by the event that it leaves; each start by continue-as-new is one too. */
const ACTIONS: ReadonlySet<unknown> = new Set([
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
  EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
  EventType.EVENT_TYPE_TIMER_STARTED,
  EventType.EVENT_TYPE_MARKER_RECORDED,
  EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
]);

export interface Counted {
  workflows: number;
  actions: number;
  events: number;
  bytes: number;
  /** of the actions */
  activities: number;
  timers: number;
  signals: number;
}

/** Everything in the histories of workflows and of those that continued them. */
export async function countHistories(client: WorkflowClient, workflowIds: string[]): Promise<Counted> {
  const counted: Counted = { workflows: 0, actions: 0, events: 0, bytes: 0, activities: 0, timers: 0, signals: 0 };
  for (const workflowId of workflowIds) {
    let run: string | undefined = (await client.getHandle(workflowId).describe()).runId;
    // from the latest back to the first
    while (run) {
      const history: Events = await client.getHandle(workflowId, run).fetchHistory();
      add(counted, history);
      run = history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
    }
  }
  return counted;
}

function add(counted: Counted, history: Events): void {
  counted.workflows += 1;
  counted.bytes += History.encode(history).finish().length;
  for (const { eventType, activityTaskStartedEventAttributes: started } of history.events ?? []) {
    counted.events += 1;
    // a second try is an action too
    counted.actions += ACTIONS.has(eventType) ? 1 : Math.max(0, (started?.attempt ?? 1) - 1);
    if (eventType === EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) counted.activities += 1;
    if (eventType === EventType.EVENT_TYPE_TIMER_STARTED) counted.timers += 1;
    if (eventType === EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED) counted.signals += 1;
  }
}
