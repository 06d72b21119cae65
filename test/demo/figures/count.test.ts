import { expect, test } from "vitest";
import { countHistory, totalOf } from "../../../src/demo/figures/count.ts";

type Event = Parameters<typeof countHistory>[0][number];

const at = (seconds: number) => ({ eventTime: { seconds, nanos: 500_000_000 } as unknown as Event["eventTime"] });
const stimuli = (...kinds: string[]): Event => ({
  workflowExecutionSignaledEventAttributes: {
    signalName: "stimuli",
    input: { payloads: [{ data: Buffer.from(JSON.stringify(kinds.map((kind) => ({ stimulus: { kind } })))) }] },
  },
});
const local = (task: number): Event => ({
  markerRecordedEventAttributes: {
    markerName: "core_local_activity",
    workflowTaskCompletedEventId: task as never,
  },
});

test("actions of a history are counted as Temporal Cloud bills them", () => {
  const { events, actions, first, last } = countHistory([
    { ...at(10), workflowExecutionStartedEventAttributes: {} },
    { workflowTaskScheduledEventAttributes: {} },
    { activityTaskScheduledEventAttributes: {} },
    // the third try: two were not noted
    { activityTaskStartedEventAttributes: { attempt: 3 } },
    { activityTaskScheduledEventAttributes: {} },
    { timerStartedEventAttributes: {} },
    stimuli("met", "clock"),
    stimuli("clock", "clock"),
    { workflowExecutionSignaledEventAttributes: { signalName: "look" } },
    // two local activities of one workflow task, one of another
    local(7),
    local(7),
    local(9),
    { markerRecordedEventAttributes: { markerName: "core_patch" } },
    { ...at(12), workflowExecutionCompletedEventAttributes: {} },
  ]);
  expect(events).toBe(14);
  expect(actions).toEqual({
    workflowsStarted: 1,
    activities: 3,
    timers: 1,
    signals: 3,
    localActivities: 2,
    clockSignals: 1,
  });
  expect(totalOf(actions)).toBe(10);
  expect([first, last]).toEqual([10_500, 12_500]);
});
