import fc from "../support/property.ts";
import { type Code, code, type Duration, type Instruction, option, type When } from "../../src/campaign/program.ts";

/** A journey as a tree; `flatten` lays it out as the compiler would. */
export type Node =
  | { is: "op" }
  | { is: "wait"; within: Duration; met: Node[]; timeout: Node[] }
  | { is: "sleep"; until: When }
  | { is: "branch"; options: Node[][] }
  | { is: "loop"; times: number; body: Node[] }
  | { is: "fork"; branches: Node[][] };

const duration = fc.record({ days: fc.nat(5), minutes: fc.nat(2000) });
const when: fc.Arbitrary<When> = fc.oneof(
  duration.map((after) => ({ after })),
  fc.nat(1440).map((at) => ({ at })),
  fc.record({ base: fc.constant(0), shift: fc.nat(30), at: fc.nat(1440) }),
  fc
    .record({ weekdays: fc.uniqueArray(fc.nat(6), { minLength: 1 }), from: fc.nat(1439), length: fc.nat(1439) })
    .map(({ weekdays, from, length }) => ({ weekdays, from, to: Math.min(1440, from + 1 + length) })),
);

export const journey: fc.Arbitrary<Node[]> = fc.letrec<{ node: Node; nodes: Node[] }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, depthIdentifier: "journey" },
    fc.constant<Node>({ is: "op" }),
    when.map((until): Node => ({ is: "sleep", until })),
    fc.record({ is: fc.constant("wait" as const), within: duration, met: tie("nodes"), timeout: tie("nodes") }),
    fc.record({ is: fc.constant("branch" as const), options: fc.array(tie("nodes"), { minLength: 1, maxLength: 3 }) }),
    fc.record({ is: fc.constant("loop" as const), times: fc.integer({ min: 1, max: 4 }), body: tie("nodes") }),
    fc.record({ is: fc.constant("fork" as const), branches: fc.array(tie("nodes"), { minLength: 1, maxLength: 3 }) }),
  ),
  nodes: fc.array(tie("node"), { maxLength: 4, depthIdentifier: "journey" }),
})).nodes;

export function flatten(nodes: Node[]): Code {
  const instructions: Instruction[] = [];
  let registers = 1; // register 0 is the base day of calendar waits
  const emit = (instruction: Instruction): number => instructions.push(instruction) - 1;
  const lay = (list: Node[], root: number, loops: [number, number][]): void => {
    for (const node of list) one(node, root, loops);
  };
  const op = (root: number, loops: [number, number][]): Extract<Instruction, { do: "op" }> => {
    const pc = instructions.length;
    const instruction = { do: "op" as const, step: `s${pc}`, root, next: pc + 1, ...(loops.length > 0 && { loops }) };
    emit(instruction);
    return instruction;
  };
  const one = (node: Node, root: number, loops: [number, number][]): void => {
    switch (node.is) {
      case "op":
        op(root, loops);
        return;
      case "sleep":
        emit({ do: "sleep", until: node.until, next: instructions.length + 1, root });
        return;
      case "wait": {
        const wait = op(root, loops);
        wait.within = node.within;
        wait.expire = instructions.length;
        const expire = op(root, loops);
        wait.next = expire.next = instructions.length;
        lay(node.met, root, loops);
        const over = emit({ do: "jump", to: 0, root }) as number;
        expire.on = { [code("timeout")]: instructions.length };
        lay(node.timeout, root, loops);
        (instructions[over] as { to: number }).to = instructions.length;
        return;
      }
      case "branch": {
        const choice = op(root, loops);
        choice.on = {};
        const jumps: number[] = [];
        node.options.forEach((body, i) => {
          choice.on![option(i)] = instructions.length;
          lay(body, root, loops);
          jumps.push(emit({ do: "jump", to: 0, root }));
        });
        choice.next = instructions.length;
        for (const jump of jumps) (instructions[jump] as { to: number }).to = instructions.length;
        return;
      }
      case "loop": {
        const register = registers++;
        const back = instructions.length;
        lay(node.body, root, [...loops, [register, node.times]]);
        emit({ do: "loop", register, times: node.times, back, next: instructions.length + 1, root });
        return;
      }
      case "fork": {
        const fork = { do: "fork" as const, branches: [] as number[], next: 0, root };
        emit(fork);
        for (const body of node.branches) {
          fork.branches.push(instructions.length);
          lay(body, root, loops);
          emit({ do: "join", root });
        }
        fork.next = instructions.length;
        return;
      }
    }
  };
  nodes.forEach((node, root) => one(node, root, []));
  emit({ do: "end", root: nodes.length });
  return { machine: 1, registers, instructions };
}
