import type { Context } from "@temporalio/activity";
import type { ActivityInterceptors } from "@temporalio/worker";

/** Well below the activities' heartbeat timeout, and longer than nearly all of them take. */
const BEAT_MS = 3_000;

/** Activities that take long say that they live, so that those of a worker that died are soon given to another. */
export function heartbeating(context: Context): ActivityInterceptors {
  return {
    inbound: {
      async execute(input, next) {
        const timer = setInterval(() => context.heartbeat(), BEAT_MS);
        try {
          return await next(input);
        } finally {
          clearInterval(timer);
        }
      },
    },
  };
}
