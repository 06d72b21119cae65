type Refusal =
  | "WorkflowNotFoundError"
  | "WorkflowExecutionAlreadyStartedError"
  | "ScheduleNotFoundError"
  | "ScheduleAlreadyRunning";

/** Whether Temporal refused for that reason; known by name, so that nobody loads its library only to ask. */
export function refusedAs(failure: unknown, ...names: Refusal[]): boolean {
  return failure instanceof Error && (names as string[]).includes(failure.name);
}
