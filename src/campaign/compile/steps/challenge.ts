import { DAY } from "../../calendar.ts";
import type { ChallengeDefinition } from "../../definition/steps/challenge.ts";
import { code, type SendStep } from "../../program.ts";
import type { Place } from "../place.ts";
import { mail } from "./send.ts";

/**
 * open → for each day: sleep to `at`, message, sleep to `remindAt`, reminder → sleep to the last day's end → close.
 * Check-ins and their rewards are intake's business; nothing here waits for them.
 */
export function compileChallenge({ id, challenge }: ChallengeDefinition, { assembler, next }: Place): void {
  const { days, event, at, remindAt, reminder, gifts } = challenge;
  const [base, day] = [assembler.register(), assembler.register()];
  const loops: [number, number][] = [[day, days]];
  const daily: SendStep = { kind: "send", id, ...mail(challenge), validFor: "day", challenge: id };

  const start = assembler.ahead();
  const form = { next, into: base, on: { [code("opened")]: start } };
  assembler.op(`${id}/open`, { kind: "challengeOpen", id, event, days, at, gifts }, form);

  assembler.place(start);
  const [send, again, over] = [assembler.ahead(), assembler.ahead(), assembler.ahead()];
  assembler.sleep({ base, plus: day, at }, send);
  assembler.place(send);
  const remind = remindAt === undefined || reminder === undefined ? again : assembler.ahead();
  assembler.op(`${id}/day`, daily, { next: remind, loops });
  if (remindAt !== undefined && reminder !== undefined) {
    const write = assembler.ahead();
    assembler.place(remind);
    assembler.sleep({ base, plus: day, at: remindAt }, write);
    assembler.place(write);
    assembler.op(`${id}/reminder`, { ...daily, template: reminder, unlessCheckedIn: true }, { next: again, loops });
  }
  assembler.place(again);
  assembler.loop(day, days, start, over);

  assembler.place(over);
  const close = assembler.ahead();
  assembler.sleep({ base, shift: days - 1, at: DAY }, close);
  assembler.place(close);
  assembler.op(`${id}/close`, { kind: "challengeClose", id, of: id }, { next });
}
