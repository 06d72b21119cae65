import type { Figures } from "./figures.ts";

/** One line for the end of a demo. */
export function figuresLine({
  enrolments,
  perEnrolment,
  enrolmentsPerSecond,
  messagesPerSecond,
  seconds,
}: Figures): string {
  const { actions, bytes, events } = perEnrolment;
  return (
    `${count(enrolments)} enrolments in ${Math.round(seconds)} s: ${enrolmentsPerSecond.toFixed(1)} enrolments/s, ` +
    `${messagesPerSecond.toFixed(0)} messages/s; each cost ${actions.toFixed(2)} Temporal actions, ` +
    `${events.toFixed(1)} events, ${count(bytes)} bytes of history`
  );
}

export function figuresText(figures: Figures): string {
  const { actions, perEnrolment } = figures;
  const rows: [string, string][] = [
    ["enrolments", count(figures.enrolments)],
    ["messages", count(figures.messages)],
    ["check-ins", count(figures.checkIns)],
    ["orders", count(figures.orders)],
    ["workflows", count(figures.workflows)],
    ["history events", `${count(figures.events)} (${perEnrolment.events.toFixed(2)} per enrolment)`],
    ["history bytes", `${count(figures.bytes)} (${count(perEnrolment.bytes)} per enrolment)`],
    ["Temporal actions", `${count(actions.total)} (${perEnrolment.actions.toFixed(3)} per enrolment)`],
    ["  workflow starts", count(actions.workflowsStarted)],
    ["  activities", count(actions.activities)],
    ["  timers", count(actions.timers)],
    ["  signals", `${count(actions.signals)}, of which the demo's clock ${count(actions.clockSignals)}`],
    ["  local activities", `${count(actions.localActivities)} (the demo's clock only)`],
    ["without the clock", `${perEnrolment.actionsWithoutClock.toFixed(3)} actions per enrolment`],
    ["real time", `${figures.seconds.toFixed(1)} s`],
    [
      "speed",
      `${figures.enrolmentsPerSecond.toFixed(1)} enrolments/s, ${figures.messagesPerSecond.toFixed(1)} messages/s`,
    ],
  ];
  return rows.map(([title, value]) => `${title.padEnd(20)}${value}`).join("\n");
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en");
}
