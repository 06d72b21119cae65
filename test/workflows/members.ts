import type { Zone } from "../../src/campaign/calendar.ts";
import { localDay } from "../../src/campaign/calendar.ts";
import type { Frame } from "../../src/campaign/enrolment.ts";
import type { Minute, Program } from "../../src/campaign/program.ts";
import { drive, type Driven, type World } from "../../src/simulate/drive.ts";
import { type Behaviour, person } from "../../src/simulate/person.ts";
import type { Stimulus } from "../../workflows/messages.ts";

/** Kolkata is a half hour off, New York changes its clocks within the run, Shanghai is the campaign's own. */
export const ZONES: Zone[] = [
  { name: "Asia/Shanghai", transitions: [[0, 480]] },
  { name: "Asia/Kolkata", transitions: [[0, 330]] },
];

/** Twenty ways to go through the same campaign. */
function behaviourOf(member: number): Behaviour {
  return {
    checksIn: (day) => member % 5 !== 0 && (day * 7 + member * 3) % (2 + (member % 4)) !== 0,
    ...(member % 3 === 0 && { actsAfter: 2 }),
    ...(member % 4 !== 1 && { rating: 1 + (member % 5) }),
    ...(member % 6 !== 5 && { call: member % 2 }),
  };
}

export function worldOf(program: Program, zone: Zone, start: Minute, member: number): World {
  const known = { contact: member, suppressed: false, topic: undefined, promotion: member % 7 !== 6 };
  const channels = (step: { channels: string[] }) =>
    step.channels.map((channel) => ({ channel, configured: channel === "email", ...known }));
  const world = person(
    program,
    zone,
    localDay(zone, start),
    { channels, openComplaint: member % 11 === 10, facts: {} },
    behaviourOf(member),
  );
  const { onConvert } = program.goal;
  return {
    ...world,
    answer(op, step, at) {
      const answer = world.answer(op, step, at);
      // every fourth member buys in the middle of the challenge
      if (program.steps[step]!.kind !== "challengeOpen" || member % 4 !== 2 || onConvert.mode !== "goto") return answer;
      const when = at + 9 * 1440 + 37 + (member % 20);
      return { ...answer, later: [{ at: when, stimulus: { kind: "convert", at: when, epoch: 1, pc: onConvert.pc } }] };
    },
  };
}

export interface Script {
  member: number;
  at: Minute;
  stimulus: Stimulus;
}

/**
 * What the machine alone shows for each member, and everything that came to it from outside, in order of time.
 * `ops`: what operators do to every member, after each one's first decision
 */
export function playAlone(
  program: Program,
  zone: Zone,
  start: Minute,
  members: number,
  ops: Stimulus[] = [],
): { traces: Driven["trace"][]; script: Script[] } {
  const frame: Frame = { code: program.code, zone };
  const script: Script[] = [];
  const traces = Array.from({ length: members }, (_, member) => {
    const world = worldOf(program, zone, start, member);
    let begun = false;
    const listening: World = {
      answer(op, step, at) {
        const answer = world.answer(op, step, at);
        if (begun) return answer;
        begun = true;
        return {
          ...answer,
          later: [...ops.map((stimulus) => ({ at: stimulus.at, stimulus })), ...(answer.later ?? [])],
        };
      },
      happened(stimulus, step) {
        world.happened?.(stimulus, step);
        if (stimulus.kind !== "start") script.push({ member, at: stimulus.at, stimulus });
      },
    };
    return drive(frame, member, listening, start, start + 200 * 1440).trace;
  });
  return { traces, script: script.sort((a, b) => a.at - b.at || a.member - b.member) };
}
