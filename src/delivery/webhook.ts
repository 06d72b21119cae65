import { randomUUID } from "node:crypto";
import type { Program, Webhook, WebhookStep } from "../campaign/program.ts";
import { post } from "../channel/webhook.ts";
import type { Config } from "../config.ts";
import { readClock } from "../store/clock.ts";
import type { Database } from "../store/database.ts";
import { loadDocument } from "../store/document.ts";
import { type CallResult, claimCalls, type ClaimedCall } from "../store/webhook-call.ts";
import { backoff } from "./backoff.ts";
import { openLane } from "./lane.ts";
import { settleCall } from "./webhook-result.ts";

export interface WebhookOptions {
  db: Database;
  config: Config;
  /** looked up for secrets; process.env in production */
  env: Record<string, string | undefined>;
  /** how long (wall time) a process that is gone holds a call; more than the longest timeout */
  leaseMs?: number;
  sweepMs?: number;
  onError: (error: unknown) => void;
  /** called after a journey was told what came of its call */
  onStimuli: () => void;
}

const AT_ONCE = 20;

/** Makes the calls that journeys have written down, until stopped; any number of processes may do so at once. */
export function openWebhooks(options: WebhookOptions): { kick(): void; stop(): Promise<void> } {
  const { db, config } = options;
  const by = randomUUID();
  const leaseMs = options.leaseMs ?? 90_000;
  const lane = openLane({
    redisUrl: config.redisUrl!,
    prefix: config.schema,
    name: "webhook",
    sweepMs: options.sweepMs ?? 1_000,
    onError: options.onError,
    async handler() {
      const calls = await claimCalls(db, by, AT_ONCE, leaseMs);
      await Promise.all(
        calls.map(async (call) => {
          const result = await make(options, call);
          if (await settleCall(db, by, call, result)) options.onStimuli();
        }),
      );
      return calls.length === AT_ONCE;
    },
  });
  return lane;
}

/** Makes one call, or says why not. */
async function make({ db, config, env }: WebhookOptions, call: ClaimedCall): Promise<CallResult> {
  const { now, rate } = await readClock(db);
  const withheld = reasonAgainst(call, now, rate);
  if (withheld !== undefined) return { ...NOTHING, id: call.id, status: "withheld", reason: withheld };
  const program = await loadDocument<Program>(db, call.program);
  const hook = program.webhooks?.[call.hook];
  const secret = hook && env[hook.secret];
  if (!hook || !secret) return { ...NOTHING, id: call.id, status: "failed", reason: hook ? "no-secret" : "no-webhook" };
  const posted = await post(
    { id: call.id, secret, ...target(hook), body: JSON.stringify(envelope(call)) },
    config.webhookPrivateHosts,
  );
  const { tries } = program.steps[call.step] as WebhookStep;
  const last = call.attempts >= tries;
  return {
    id: call.id,
    reason: posted.result === "accepted" ? null : posted.reason,
    httpStatus: posted.status ?? null,
    status: posted.result === "temporary" ? (last ? "failed" : "pending") : posted.result,
    retryMs: posted.result === "temporary" && !last ? (posted.retryMs ?? backoff(call.attempts)) : null,
  };
}

const NOTHING = { httpStatus: null, retryMs: null };

function target({ url, timeoutSeconds }: Webhook) {
  return { url, timeoutMs: timeoutSeconds * 1000 };
}

/** What has been overtaken since the call was written down; and on a demo clock nothing leaves at all. */
function reasonAgainst(call: ClaimedCall, now: Date, rate: number): string | undefined {
  if (rate !== 1) return "demo-clock";
  if (call.runStatus === "stopped" || call.endedReason === "stopped") return "stopped";
  if (call.epoch < call.enrolmentEpoch) return "superseded";
  return call.validUntil <= now ? "expired" : undefined;
}

/** What the other side reads. */
function envelope({ campaign, run, step, occurrence, customerId, body, createdAt }: ClaimedCall) {
  const data = { campaign, run, step, occurrence, customer_id: customerId, body };
  return { type: "campaign.step", timestamp: createdAt.toISOString(), data };
}
