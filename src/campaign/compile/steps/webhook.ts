import type { StepDefinition } from "../../definition/step.ts";
import type { WebhookDefinition } from "../../definition/steps/webhook.ts";
import { code } from "../../program.ts";
import type { Place } from "../place.ts";

export function compileWebhook(
  { id, webhook }: WebhookDefinition<StepDefinition[]>,
  { assembler, next, nested }: Place,
): void {
  const { to: hook, body, within, retries } = webhook;
  const [expire, met, failed] = [assembler.ahead(), assembler.ahead(), assembler.ahead()];
  const on = { [code("met")]: met, [code("failed")]: failed, [code("timeout")]: failed };
  assembler.op(id, { kind: "webhook", id, hook, body, within, tries: retries + 1 }, { next, on, within, expire });
  assembler.place(expire);
  assembler.op(`${id}/expire`, { kind: "expire", id, of: id, as: "timeout" }, { next, on });
  assembler.alias(met, nested(webhook.then ?? [], next));
  assembler.alias(failed, nested(webhook.failed ?? [], next));
}
