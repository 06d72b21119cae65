import proto, { type temporal } from "@temporalio/proto";

// the package is CommonJS, and its one object cannot be named in an import
const { HistoryEvent } = proto.temporal.api.history.v1;

type Event = temporal.api.history.v1.IHistoryEvent;

/** What Temporal Cloud would bill, by kind. */
export interface Actions {
  workflowsStarted: number;
  activities: number;
  timers: number;
  signals: number;
  /** workflow tasks that ran local activities: however many those are, a task counts once */
  localActivities: number;
  /** of the above, signals that only say that the stepped clock of a demo went on, where real time would use timers */
  clockSignals: number;
}

export interface HistoryCount {
  events: number;
  /** encoded size of the events */
  bytes: number;
  actions: Actions;
  /** milliseconds since 1970, real time */
  first: number;
  last: number;
}

export function noActions(): Actions {
  return { workflowsStarted: 0, activities: 0, timers: 0, signals: 0, localActivities: 0, clockSignals: 0 };
}

export function totalOf({ clockSignals: _, ...actions }: Actions): number {
  return Object.values(actions).reduce((sum, count) => sum + count, 0);
}

/**
 * Counts one history. Actions as in Temporal's documentation, page "Temporal Cloud Actions": a workflow start (also by
 * continue-as-new), each try of an activity, a timer, a signal, and a workflow task with local activities are one each.
 */
export function countHistory(events: Event[]): HistoryCount {
  const actions = noActions();
  const localTasks = new Set<string>();
  let bytes = 0;
  for (const event of events) {
    bytes += HistoryEvent.encode(event).finish().length;
    if (event.workflowExecutionStartedEventAttributes) actions.workflowsStarted += 1;
    // a history notes only the last try, with its number
    const started = event.activityTaskStartedEventAttributes;
    if (started) actions.activities += started.attempt ?? 1;
    if (event.timerStartedEventAttributes) actions.timers += 1;
    const signal = event.workflowExecutionSignaledEventAttributes;
    if (signal) {
      actions.signals += 1;
      if (onlyClock(signal)) actions.clockSignals += 1;
    }
    const marker = event.markerRecordedEventAttributes;
    if (marker?.markerName === "core_local_activity") localTasks.add(String(marker.workflowTaskCompletedEventId));
  }
  actions.localActivities = localTasks.size;
  return { events: events.length, bytes, actions, first: timeOf(events[0]), last: timeOf(events.at(-1)) };
}

function onlyClock(signal: temporal.api.history.v1.IWorkflowExecutionSignaledEventAttributes): boolean {
  const data = signal.input?.payloads?.[0]?.data;
  if (signal.signalName !== "stimuli" || !data) return false;
  const stimuli = JSON.parse(Buffer.from(data).toString("utf8")) as { stimulus: { kind: string } }[];
  return stimuli.every(({ stimulus }) => stimulus.kind === "clock");
}

function timeOf(event: Event | undefined): number {
  const time = event?.eventTime;
  return time ? Number(time.seconds ?? 0) * 1000 + (time.nanos ?? 0) / 1e6 : 0;
}
