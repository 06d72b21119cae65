import type { Zone } from "../../src/campaign/calendar.ts";
import { type Completion, ENDED, type Frame, type Op, pack } from "../../src/campaign/enrolment.ts";
import { advance, enrol, nextDue } from "../../src/campaign/machine.ts";
import type { Minute, OpInstruction, Program } from "../../src/campaign/program.ts";
import type { Numbered, Stimulus } from "../../workflows/messages.ts";
import type { Script } from "./members.ts";
import { nextStimuli } from "./play.ts";
import type { Stage } from "./stage.ts";

export interface Legacy {
  states: number[][];
  /** number of the last stimulus digested */
  last: number;
  /** the stimulus after it, which has not come, and those after that, which have */
  missing: Numbered;
  ahead: Numbered[];
  /** ops without an answer */
  out: { member: number; step: string }[];
}

/**
 * What a cohort's history leaves to the next one if it ends at a bad moment: some of its ops are still out, and stimuli
 * have arrived whose predecessor has not.
 */
export function predecessor(program: Program, zone: Zone, start: Minute, stage: Stage, script: Script[]): Legacy {
  const frame: Frame = { code: program.code, zone };
  const members = stage.traces.map((_, number) => enrol(frame, number));
  const out: { member: number; op: Op }[] = [];
  const take = (member: number, stimulus: Stimulus | Completion) => {
    const next = advance(frame, members[member]!, stimulus);
    members[member] = next.enrolment;
    out.push(...next.ops.map((op) => ({ member, op })));
  };
  const digest = ({ member, stimulus }: Numbered) => {
    if (stimulus.kind === "close") return;
    if (member >= 0) take(member, stimulus);
    else members.forEach((_, each) => take(each, stimulus));
  };
  members.forEach((_, member) => take(member, { kind: "start", at: start }));
  for (;;) {
    for (let next = out.shift(); next; next = out.shift()) {
      const { member, op } = next;
      const [completed] = stage.act({ run: "", cohort: 0, program: "", ...op, members: [member] });
      take(member, { kind: "done", ...op, ...completed! });
    }
    const due = Math.min(...members.map((member) => (member.status === ENDED ? Infinity : nextDue(member))));
    stage.rest = { number: stage.lastNumber, due: due === Infinity ? null : due };
    const batch = nextStimuli(stage, script);
    const [first, missing, ...ahead] = batch;
    digest(first!);
    if (out.length > 0 && missing && ahead.length > 0) {
      const stepOf = (op: Op) => (program.code.instructions[op.pc] as OpInstruction).step;
      return {
        states: members.map(pack),
        last: first!.number,
        missing,
        ahead,
        out: out.map(({ member, op }) => ({ member, step: stepOf(op) })),
      };
    }
    for (const one of batch.slice(1)) digest(one);
  }
}
