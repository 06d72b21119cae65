import type { Code, Instruction, OpInstruction, Step, When } from "../program.ts";

/** A place in the code that may not be known yet; becomes a pc at the end. */
export type Label = number;

type Unplaced<T> = T extends Instruction ? Omit<T, "root"> : never;

export interface OpForm {
  next: Label;
  on?: Record<number, Label>;
  loops?: [register: number, times: number][];
  into?: number;
  within?: OpInstruction["within"];
  expire?: Label;
}

/**
 * Collects instructions. Every instruction names where it goes on by label, so that steps are compiled in any order
 * and no jumps are needed between them.
 */
export class Assembler {
  readonly steps: Record<string, Step> = {};
  /** root step that is being compiled */
  root = 0;
  /** step that is being compiled: the innermost */
  private step = "";
  /** loops that what is being compiled stands in, outermost first */
  private loops: [register: number, times: number][] = [];
  private readonly instructions: Instruction[] = [];
  /** the step that each instruction was made for */
  private readonly owners: string[] = [];
  private readonly places: number[] = [];
  private readonly aliases = new Map<Label, Label>();
  private registerCount = 0;

  /** a label to be placed later */
  ahead(): Label {
    this.places.push(-1);
    return this.places.length - 1;
  }

  /** puts a label before the next instruction */
  place(label: Label): void {
    this.places[label] = this.instructions.length;
  }

  /** a label before the next instruction */
  here(): Label {
    const label = this.ahead();
    this.place(label);
    return label;
  }

  /** makes `label` another name of `target` */
  alias(label: Label, target: Label): void {
    this.aliases.set(label, target);
  }

  register(): number {
    return this.registerCount++;
  }

  /** compiles what stands in one more loop */
  inside<T>(loop: [register: number, times: number], compile: () => T): T {
    const outer = this.loops;
    this.loops = [...outer, loop];
    try {
      return compile();
    } finally {
      this.loops = outer;
    }
  }

  /** compiles a step, whose instructions will bear its name */
  within(step: string, compile: () => void): void {
    const outer = this.step;
    this.step = step;
    compile();
    this.step = outer;
  }

  /** `form.loops` are the step's own, inside of those it stands in */
  op(name: string, step: Step, form: OpForm): void {
    this.steps[name] = step;
    const loops = [...this.loops, ...(form.loops ?? [])];
    this.add({ do: "op", step: name, ...form, ...(loops.length > 0 && { loops }) });
  }

  sleep(until: When, next: Label): void {
    this.add({ do: "sleep", until, next });
  }

  loop(register: number, times: number, back: Label, next: Label): void {
    this.add({ do: "loop", register, times, back, next });
  }

  fork(branches: Label[], next: Label): void {
    this.add({ do: "fork", branches, next });
  }

  join(): void {
    this.add({ do: "join" });
  }

  end(): void {
    this.add({ do: "end" });
  }

  pc(label: Label): number {
    const target = this.aliases.get(label);
    return target === undefined ? this.places[label]! : this.pc(target);
  }

  code(): Code {
    return {
      machine: 1,
      registers: this.registerCount,
      instructions: this.instructions.map((each) => this.resolve(each)),
    };
  }

  /**
   * Names of the instructions, by which an edited program finds them again: "invite" is that op, "~days/reminder" the
   * sleep before that op, "ready~" another sleep of the step, "both@fork".
   */
  names(): string[] {
    const seen = new Map<string, number>();
    return this.code().instructions.map((instruction, pc, all) => {
      const name = nameOf(instruction, this.owners[pc]!, all, this.owners);
      const times = (seen.get(name) ?? 0) + 1;
      seen.set(name, times);
      return times === 1 ? name : `${name}#${times}`;
    });
  }

  private add(instruction: Unplaced<Instruction>): void {
    this.owners.push(this.step);
    this.instructions.push({ ...instruction, root: this.root } as Instruction);
  }

  private resolve(instruction: Instruction): Instruction {
    switch (instruction.do) {
      case "op": {
        const { on = {}, expire, ...rest } = instruction;
        const next = this.pc(instruction.next);
        const ways = Object.entries(on).map(([outcome, label]) => [outcome, this.pc(label)] as const);
        const telling = ways.filter(([, pc]) => pc !== next);
        return {
          ...rest,
          next,
          ...(telling.length > 0 && { on: Object.fromEntries(telling) }),
          ...(expire !== undefined && { expire: this.pc(expire) }),
        };
      }
      case "sleep":
        return { ...instruction, next: this.pc(instruction.next) };
      case "loop":
        return { ...instruction, back: this.pc(instruction.back), next: this.pc(instruction.next) };
      case "fork":
        return {
          ...instruction,
          branches: instruction.branches.map((label) => this.pc(label)),
          next: this.pc(instruction.next),
        };
      case "jump":
        return { ...instruction, to: this.pc(instruction.to) };
      case "join":
      case "end":
        return instruction;
    }
  }
}

function nameOf(instruction: Instruction, owner: string, all: Instruction[], owners: string[]): string {
  if (instruction.do === "op") return instruction.step;
  if (instruction.do !== "sleep") return `${owner}@${instruction.do}`;
  const after = all[instruction.next];
  return after?.do === "op" && owners[instruction.next] === owner ? `~${after.step}` : `${owner}~`;
}
