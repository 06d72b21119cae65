import { condition, defineSignal, proxyActivities, setHandler } from "@temporalio/workflow";

/** The effects of one customer's challenge, each the same transaction that a cohort's batch of one would be. */
export interface CustomerActivities {
  /** @returns the first local day, as milliseconds of its midnight */
  openChallenge(member: number): Promise<number>;
  sendDay(member: number, day: number, due: number): Promise<void>;
  remind(member: number, day: number, due: number): Promise<void>;
  closeChallenge(member: number, due: number): Promise<void>;
}

export interface CustomerInput {
  member: number;
  days: number;
  /** minutes of the day */
  at: number;
  remindAt: number;
}

export const boughtSignal = defineSignal("bought");

const { openChallenge, sendDay, remind, closeChallenge } = proxyActivities<CustomerActivities>({
  startToCloseTimeout: "2 minutes",
  heartbeatTimeout: "10 seconds",
});
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

/** The challenge as it is usually written: one workflow per customer, who leaves it by buying. */
export async function customer({ member, days, at, remindAt }: CustomerInput): Promise<void> {
  let bought = false;
  setHandler(boughtSignal, () => {
    bought = true;
  });
  const left = (until: number) => condition(() => bought, Math.max(1, until - Date.now()));
  const first = await openChallenge(member);
  for (let day = 0; day < days; day++) {
    const morning = first + day * DAY + at * MINUTE;
    if (await left(morning)) return;
    await sendDay(member, day + 1, morning);
    const evening = first + day * DAY + remindAt * MINUTE;
    if (await left(evening)) return;
    await remind(member, day + 1, evening);
  }
  const end = first + days * DAY;
  if (!(await left(end))) await closeChallenge(member, end);
}
