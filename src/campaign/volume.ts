import type { Code, Instruction, OpInstruction, Program, Reward, Step } from "./program.ts";

/** How often one member passes an op: the product of its loops. */
export function timesOf(op: OpInstruction): number {
  return (op.loops ?? []).reduce((product, [, times]) => product * times, 1);
}

/** Most messages that one member can be sent, on whichever way through the journey brings the most. */
export function mostMessages({ code, steps }: Pick<Program, "code" | "steps">): number {
  return heaviest(code, (op) => (isMail(steps[op.step]) ? timesOf(op) : 0));
}

function isMail(step: Step | undefined): boolean {
  return step?.kind === "send" || step?.kind === "survey" || step?.kind === "rsvp";
}

function heaviest(code: Code, weight: (op: OpInstruction) => number): number {
  const known = new Map<number, number>();
  return from(0);

  /** greatest weight from here to the end of the thread; code only goes forward, but for loops, whose weight ops carry */
  function from(pc: number): number {
    let most = known.get(pc);
    if (most === undefined) {
      most = of(code.instructions[pc]);
      known.set(pc, most);
    }
    return most;
  }

  function of(instruction: Instruction | undefined): number {
    switch (instruction?.do) {
      case "op": {
        const ways = [
          instruction.next,
          ...Object.values(instruction.on ?? {}),
          ...(instruction.expire === undefined ? [] : [instruction.expire]),
        ];
        return weight(instruction) + Math.max(...ways.map(from));
      }
      case "sleep":
      case "loop":
        return from(instruction.next);
      case "jump":
        return from(instruction.to);
      case "fork":
        return instruction.branches.reduce((sum, branch) => sum + from(branch), from(instruction.next));
      default:
        return 0;
    }
  }
}

/** Most times that one member can earn a reward of a challenge of so many days. */
export function mostRewards(reward: Reward, days: number): number {
  return Math.floor(days / (reward.every ?? reward.streak ?? Infinity));
}
