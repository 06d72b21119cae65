import { zoneAround } from "../store/zone.ts";
import { localDay, toUtc, type Zone } from "../campaign/calendar.ts";
import { teamOf } from "../campaign/decide/cost.ts";
import type { Day, Reward } from "../campaign/program.ts";
import { loadChallenges, type OpenChallenge } from "../store/awaiting.ts";
import {
  type CheckIn,
  insertCheckIns,
  loadCheckIns,
  loadPauses,
  loadRewardKeys,
  type Pause,
} from "../store/check-in.ts";
import { raiseSpent, type SpentLine } from "../store/budget.ts";
import { minuteOf } from "../store/clock.ts";
import type { Tx } from "../store/database.ts";
import { grantGifts, grantPoints, type NewGift, type NewPoints } from "../store/gift.ts";
import type { Batch, Pending } from "./batch.ts";
import { groupBy } from "./group.ts";
import { type Member, namedEnrolment } from "./member.ts";
import { stepOf } from "./program.ts";
import type { CheckInReaction } from "./reaction.ts";
import { type Rest, rewardName, streakAround, timesEarned } from "./reward.ts";
import type { Area } from "./wait.ts";

/** How long after its local day has ended a check-in still counts for that day. */
const LATE_MINUTES = 48 * 60;

interface Running extends OpenChallenge {
  member: Member;
  zone: Zone;
  rewards: Reward[];
  rest: Rest;
  /** local days with a check-in */
  checked: Set<Day>;
  /** "gift streak-7" → how often it has been given */
  given: Map<string, number>;
}

/** Days of challenges: the check-in itself, and the points and gifts that it earns, in the same transaction. */
export async function openCheckIns(tx: Tx, batch: Batch, members: Map<number, Member>): Promise<Area> {
  const types = [...new Set(batch.events.map((event) => event.type))];
  const running = members.size > 0 ? await loadRunning(tx, batch, members, types) : [];
  const byCustomer = groupBy(running, (challenge) => challenge.member.customer);
  const checkIns: (CheckIn & { event: number; at: Date })[] = [];
  const points: NewPoints[] = [];
  const gifts: (NewGift & { reaction: CheckInReaction })[] = [];

  function checkIn(challenge: Running, event: Pending): CheckInReaction {
    const { enrolment, step, checked, rest } = challenge;
    const { day, result } = dayOf(challenge, event);
    const reaction: CheckInReaction = { enrolment, step, day: day - challenge.first_day + 1, result };
    if (result !== "counted" && result !== "already") return reaction;
    if (result === "counted") {
      checked.add(day);
      checkIns.push({ enrolment, step, day, event: event.id, at: event.occurred_at });
      for (const reward of challenge.rewards) grant(challenge, reward, day, reaction);
    }
    return Object.assign(reaction, { count: checked.size, streak: streakAround(day, checked, rest) });
  }
  function grant(challenge: Running, reward: Reward, day: Day, reaction: CheckInReaction) {
    const { enrolment, member } = challenge;
    const name = rewardName(reward);
    const key = `${challenge.step}/${name}/${day}`;
    const earned = timesEarned(reward, challenge.checked, challenge.rest);
    const gift = reward.gift === undefined ? undefined : member.known.program.gifts[reward.gift];
    if (reward.points !== undefined && take(challenge, `points ${name}`, earned)) {
      points.push({ enrolment, key, customer: member.customer, points: reward.points });
      reaction.points = (reaction.points ?? 0) + reward.points;
    }
    if (gift && take(challenge, `gift ${name}`, earned)) {
      gifts.push({ run: member.run, enrolment, key, customer: member.customer, gift, reaction });
    }
  }

  return {
    react(event) {
      const named = namedEnrolment(event);
      for (const challenge of byCustomer.get(event.customer) ?? []) {
        if (challenge.event_type !== event.type || challenge.member.dropped) continue;
        if (named !== null && named !== challenge.enrolment) continue;
        if (typeof event.data.step === "string" && event.data.step !== challenge.step) continue;
        (event.reaction.checkIns ??= []).push(checkIn(challenge, event));
      }
    },
    async store() {
      await insertCheckIns(tx, checkIns);
      await grantPoints(tx, points, batch.at);
      const granted = await grantGifts(
        tx,
        gifts.map(({ reaction: _, ...gift }) => gift),
        batch.at,
      );
      const statuses = new Map(granted.map((row) => [`${row.enrolment} ${row.key}`, row.status]));
      const spent = new Map<string, SpentLine>();
      for (const { run, enrolment, key, gift, reaction } of gifts) {
        const status = statuses.get(`${enrolment} ${key}`);
        if (status) (reaction.gifts ??= []).push({ gift: gift.id, status });
        if (status !== "budget-spent") continue;
        const line = gift.line!;
        spent.set(`${run} ${line}`, { run, line, team: teamOf(members.get(enrolment)!.known.program, line) });
      }
      await raiseSpent(tx, [...spent.values()], batch.home.locale ?? "zh-CN", batch.at);
    },
  };
}

/** The local day that a check-in is for: the one its link names, else the one it happened on. */
function dayOf(challenge: Running, event: Pending): { day: Day; result: CheckInReaction["result"] } {
  const { zone, first_day: first, days } = challenge;
  const happened = event.occurred_at < event.received_at ? event.occurred_at : event.received_at;
  const today = localDay(zone, minuteOf(happened));
  const asked = typeof event.data.day === "number" ? first + event.data.day - 1 : today;
  const result = () => {
    if (asked < first || asked >= first + days) return "outside";
    if (challenge.checked.has(asked)) return "already";
    if (asked > today) return "not-yet";
    return minuteOf(event.received_at) >= toUtc(zone, asked + 1, 0) + LATE_MINUTES ? "too-late" : "counted";
  };
  return { day: asked, result: result() };
}

function take(challenge: Running, what: string, earned: number): boolean {
  const given = challenge.given.get(what) ?? 0;
  if (earned <= given) return false;
  challenge.given.set(what, given + 1);
  return true;
}

async function loadRunning(tx: Tx, batch: Batch, members: Map<number, Member>, types: string[]): Promise<Running[]> {
  const rows = await loadChallenges(tx, [...members.keys()], types);
  // one that ran its full length still takes late check-ins; one that was cut short does not
  const open = rows.filter((row) => row.status === "open" || row.closed_reason === "completed");
  if (open.length === 0) return [];
  const ids = [...new Set(open.map((row) => row.enrolment))];
  const checkIns = groupBy(await loadCheckIns(tx, ids), (row) => row.enrolment);
  const keys = groupBy(await loadRewardKeys(tx, ids), (row) => row.enrolment);
  const pauses = groupBy(
    await loadPauses(tx, [...new Set(ids.map((id) => members.get(id)!.run))]),
    (pause) => pause.run,
  );
  return open.map((row) => {
    const member = members.get(row.enrolment)!;
    const zone = zoneAround(member.zone, minuteOf(batch.at));
    const inside = (day: Day) => day >= row.first_day && day < row.first_day + row.days;
    const mine = (checkIns.get(row.enrolment) ?? []).filter((entry) => entry.step === row.step && inside(entry.day));
    const given = new Map<string, number>();
    for (const { key, what } of keys.get(row.enrolment) ?? []) {
      const [step, name, day] = key.split("/");
      if (step === row.step && inside(Number(day)))
        given.set(`${what} ${name}`, (given.get(`${what} ${name}`) ?? 0) + 1);
    }
    return {
      ...row,
      member,
      zone,
      given,
      rewards: stepOf(member.known, `${row.step}/open`, "challengeOpen")?.gifts ?? [],
      rest: restOf(zone, pauses.get(member.run) ?? []),
      checked: new Set(mine.map((entry) => entry.day)),
    };
  });
}

function restOf(zone: Zone, pauses: Pause[]): Rest {
  const spans = pauses.map(({ from, to }) => [minuteOf(from), to === null ? Infinity : minuteOf(to)] as const);
  return {
    whole: (day) => spans.some(([from, to]) => from <= toUtc(zone, day, 0) && to >= toUtc(zone, day + 1, 0)),
    part: (day) => spans.some(([from, to]) => from < toUtc(zone, day + 1, 0) && to > toUtc(zone, day, 0)),
  };
}
