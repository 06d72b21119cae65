import { defaultPayloadConverter } from "@temporalio/common";
import { condition, type WorkflowInterceptors, workflowInfo } from "@temporalio/workflow";

const HEADER = "bench-time";
/** A run as a whole keeps real time: it waits for its cohorts, not for days. */
const REAL = "campaignRun";

/**
 * Every timer of a workflow takes a millisecond, and the workflow's own clock jumps to when it would have fired. Timers
 * fire in the order of their times, and none while activities are out, as they would with days in between. The same for
 * every kind of workflow in the bench.
 */
export const interceptors = (): WorkflowInterceptors => {
  if (workflowInfo().workflowType === REAL) return {};
  let now = Date.now();
  let out = 0;
  const waiting: number[] = [];
  const Real = Date;
  globalThis.Date = class extends Real {
    static override now() {
      return now;
    }
  } as DateConstructor;
  return {
    inbound: [
      {
        execute(input, next) {
          const header = input.headers[HEADER];
          if (header) now = defaultPayloadConverter.fromPayload<number>(header);
          return next(input);
        },
      },
    ],
    outbound: [
      {
        async startTimer(input, next) {
          const fires = now + input.durationMs;
          waiting.push(fires);
          try {
            await condition(() => out === 0 && fires === Math.min(...waiting));
            await next({ ...input, durationMs: 1 });
            now = Math.max(now, fires);
          } finally {
            waiting.splice(waiting.indexOf(fires), 1);
          }
        },
        async scheduleActivity(input, next) {
          out += 1;
          try {
            return await next(input);
          } finally {
            out -= 1;
          }
        },
        continueAsNew(input, next) {
          return next({ ...input, headers: { ...input.headers, [HEADER]: defaultPayloadConverter.toPayload(now) } });
        },
      },
    ],
  };
};
