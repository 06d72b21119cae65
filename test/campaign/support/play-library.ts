import { localDay, minuteOfDay, plus, type Zone } from "../../../src/campaign/calendar.ts";
import { optionName } from "../../../src/campaign/option-name.ts";
import { code, type Minute, OPTION_BASE, OUTCOMES, type Program } from "../../../src/campaign/program.ts";
import type { Value } from "../../../src/rule/ast.ts";
import { drive, type World } from "../../../src/simulate/drive.ts";
import { type Behaviour, person } from "../../../src/simulate/person.ts";

export const ZONE: Zone = { name: "Asia/Shanghai", transitions: [[0, 480]] };

export interface Way {
  /** what rules ask: orders.*, trigger.* */
  facts?: Record<string, Value>;
  /** nobody checks in, acts, answers or is called unless it says so */
  does?: Partial<Behaviour>;
  /** days after entering of the first conversion */
  buys?: number;
  /** at the customer's own clock; Monday, 7 September 2026, 10:00 when left out */
  start?: Minute;
  /** may not be written promotions */
  refuses?: boolean;
}

const MONDAY = Date.UTC(2026, 8, 7, 2, 0) / 60_000;

/** One member's way: "3 10:00 remind queued" is day 3 after entering. What is put off is told when it is decided. */
export function played(program: Program, way: Way): string[] {
  return gathered(wayOf(program, way));
}

export interface Line {
  when: string;
  what: string;
}

export function wayOf(program: Program, way: Way): Line[] {
  const start = way.start ?? MONDAY;
  const promotion = way.refuses !== true;
  const channels = (step: { channels: string[] }) =>
    step.channels.map((channel) => ({
      channel,
      configured: channel === "email",
      contact: 1,
      suppressed: false,
      topic: undefined,
      promotion,
    }));
  const world = person(
    program,
    ZONE,
    localDay(ZONE, start),
    { channels, openComplaint: false, facts: way.facts ?? {} },
    { checksIn: () => false, acts: {}, ...way.does },
  );
  const { trace } = drive(
    { code: program.code, zone: ZONE },
    0,
    buying(program, world, way, start),
    start,
    start + 400 * 1440,
  );
  return trace
    .filter(({ outcome }) => outcome !== code("deferred"))
    .map(({ step, outcome, at, reasons }) => {
      const why = reasons.filter((reason) => !reason.startsWith("channel-not-configured"));
      return { when: whenOf(at, start), what: [step, said(program, step, outcome), ...why].join(" ") };
    });
}

/** "3 10:00" */
export function whenOf(at: Minute, start: Minute): string {
  const minute = minuteOfDay(ZONE, at);
  const time = `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
  return `${localDay(ZONE, at) - localDay(ZONE, start)} ${time}`;
}

/** What a challenge does day after day is told once, with how often. */
function gathered(lines: Line[]): string[] {
  const daily = ({ what }: Line) => /\/(day|reminder) /.test(what);
  return lines.flatMap((line, index) => {
    if (!daily(line)) return [`${line.when} ${line.what}`];
    if (lines.findIndex(({ what }) => what === line.what) < index) return [];
    return [`${line.when} ${line.what} ×${lines.filter(({ what }) => what === line.what).length}`];
  });
}

export function said(program: Program, step: string, outcome: number): string {
  return outcome >= OPTION_BASE ? optionName(program.steps[step], outcome - OPTION_BASE) : OUTCOMES[outcome]!;
}

/** The goal's conversion reaches the machine as intake would say it. */
function buying(program: Program, world: World, { buys }: Way, start: Minute): World {
  const { onConvert } = program.goal;
  if (buys === undefined || onConvert.mode === "continue") return world;
  const at = plus(ZONE, start, buys, 17);
  const pc = onConvert.mode === "goto" ? onConvert.pc : -1;
  let told = false;
  return {
    ...world,
    answer(op, step, now) {
      const answer = world.answer(op, step, now);
      if (told) return answer;
      told = true;
      return { ...answer, later: [...(answer.later ?? []), { at, stimulus: { kind: "convert", at, epoch: 1, pc } }] };
    },
  };
}
