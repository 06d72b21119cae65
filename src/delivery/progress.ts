import type { Posted } from "../channel/webhook.ts";
import type { ClaimedSubscription, Notice, NoticeResult, Standing } from "../store/notice.ts";
import { backoff } from "./backoff.ts";

/** How it goes with one subscriber: what came of its events, and what that means for those to come. */
export interface Progress {
  /** which events go into the next request, from that place on */
  next(notices: Notice[], from: number): Notice[];
  /** @returns whether the next request may go on behind these events */
  note(group: Notice[], posted: Posted): boolean;
  giveUp(reason: string): void;
  /** whether nothing more is to be tried now */
  over(): boolean;
  /** what is to be stored; the results are given once */
  take(): { results: NoticeResult[]; standing: Standing };
}

const DAY_MS = 86_400_000;
/** From this try on an event that fails goes alone, and then lets those behind it go ahead. */
const ALONE = 3;
const ASIDE = 5;
/** Refusals in a row that make it likely that it is not the events that are wrong. */
const REFUSALS = 10;

export function progressOf(
  claimed: ClaimedSubscription,
  { backoffMs = 5_000, patienceMs = DAY_MS }: { backoffMs?: number; patienceMs?: number },
): Progress {
  const { batch, failingMs } = claimed;
  let results: NoticeResult[] = [];
  let singly = false;
  const standing: Standing = {
    failures: claimed.failures,
    refusals: claimed.refusals,
    trouble: null,
    heldMs: null,
    pause: null,
  };

  function settle(group: Notice[], result: Omit<NoticeResult, "nr">) {
    for (const { nr } of group) results.push({ nr, ...result });
  }

  function refused(group: Notice[], { reason, status }: Posted) {
    standing.refusals += 1;
    standing.trouble = reason;
    settle(group, { status: "dead", reason, httpStatus: status ?? null, retryMs: null });
    if (status === 410) standing.pause = "gone";
    else if (standing.refusals >= REFUSALS) standing.pause = "refused";
  }

  function failed(group: Notice[], { reason, status, retryMs }: Posted) {
    standing.failures += 1;
    standing.trouble = reason;
    const heldMs = retryMs ?? backoff(standing.failures, backoffMs);
    standing.heldMs = heldMs;
    for (const { nr, attempts, triedMs } of group) {
      const dead = (triedMs ?? 0) > patienceMs;
      // twice as long as the subscription is held: by then those behind have had their turn
      const retry = attempts + 1 >= ASIDE ? 2 * Math.max(heldMs, backoff(attempts + 1, backoffMs)) : null;
      const retryAt = dead ? null : retry;
      results.push({ nr, status: dead ? "dead" : "pending", reason, httpStatus: status ?? null, retryMs: retryAt });
    }
    if ((failingMs ?? 0) > patienceMs && standing.failures > 1) standing.pause = "unreachable";
  }

  return {
    next(notices, from) {
      const alone = singly || notices[from]!.attempts >= ALONE;
      return notices.slice(from, from + (alone ? 1 : batch));
    },
    note(group, posted) {
      if (posted.result === "accepted") {
        settle(group, { status: "told", reason: null, httpStatus: posted.status ?? null, retryMs: null });
        Object.assign(standing, { failures: 0, refusals: 0, trouble: null });
        return true;
      }
      if (posted.result === "temporary") {
        failed(group, posted);
        return false;
      }
      // one of them may be what is refused
      if (group.length > 1) {
        singly = true;
        return false;
      }
      refused(group, posted);
      return true;
    },
    giveUp(reason) {
      standing.pause = reason;
      standing.trouble = reason;
    },
    over: () => standing.heldMs !== null || standing.pause !== null,
    take() {
      const taken = { results, standing: { ...standing } };
      results = [];
      return taken;
    },
  };
}
