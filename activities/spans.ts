import type { Decision } from "../src/campaign/decide/decision.ts";
import { OUTCOMES, type Step } from "../src/campaign/program.ts";
import { traceMessages, tracesOfMembers } from "../src/store/trace.ts";
import { isTracing, type Span, spanWithin } from "../src/watch/trace.ts";
import type { Context } from "./context.ts";

/**
 * One span for each member who is here because of something that has just happened, within that trace; what the step
 * writes for them goes on with it. Undefined where nobody collects traces.
 */
export async function openSpans(
  { tx, batch, members, name, time }: Context,
  step: Step,
): Promise<{ end(decisions: Decision[]): Promise<void> } | undefined> {
  if (!isTracing()) return undefined;
  const numbers = members.map(({ member }) => member);
  const traces = await tracesOfMembers(tx, batch, numbers, time);
  const spans = new Map<number, Span>();
  for (const member of numbers) {
    const attributes = { run: batch.run, step: name, occurrence: batch.occurrence };
    const span = spanWithin(traces.get(member), `activity ${step.kind}`, { attributes });
    if (span) spans.set(member, span);
  }
  return {
    async end(decisions) {
      const written = members.flatMap(({ id, member }): [number, string][] => {
        const span = spans.get(member);
        return span ? [[id, span.trace]] : [];
      });
      await traceMessages(tx, { step: name, occurrence: batch.occurrence }, new Map(written));
      members.forEach(({ member }, i) => {
        spans.get(member)?.end({ outcome: OUTCOMES[decisions[i]!.outcome] ?? "option" });
      });
    },
  };
}
