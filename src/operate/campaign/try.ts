import { DAY, localDay } from "../../campaign/calendar.ts";
import { ENDED } from "../../campaign/enrolment.ts";
import { digitsOf } from "../../campaign/currency.ts";
import { splitVariable } from "../../campaign/decide/split.ts";
import { paramValues } from "../../campaign/params.ts";
import type { Minute, Program, RsvpStep, SendStep, Step, SurveyStep } from "../../campaign/program.ts";
import { type Ast, variablesOf } from "../../rule/ast.ts";
import { holds } from "../../rule/evaluate.ts";
import { type Act, readDeeds } from "../../simulate/act.ts";
import { triggerFacts } from "../../simulate/as-of.ts";
import { drive, type Driven } from "../../simulate/drive.ts";
import { type Behaviour, person } from "../../simulate/person.ts";
import { minuteOf, now } from "../../store/clock.ts";
import { noCustomer } from "../../store/customer.ts";
import type { Database } from "../../store/database.ts";
import { loadFacts } from "../../store/facts.ts";
import { loadReach } from "../../store/reach.ts";
import { findCustomer } from "../../store/segment.ts";
import { freezeZone, isZone } from "../../store/zone.ts";

/** Ways a tried customer may behave. */
export const BEHAVIOURS = {
  /** checks in daily with a day off now and then, is reached by phone, buys after the offer, is content */
  keen: { checksIn: (day) => day % 6 !== 0, actsAfter: 2, rating: 5, call: 0 },
  /** reads nothing, answers nothing */
  quiet: { checksIn: () => false },
  /** begins well and loses interest */
  fading: { checksIn: (day) => day <= 8, rating: 2, call: 0 },
} satisfies Record<string, Behaviour>;
export type BehaviourName = keyof typeof BEHAVIOURS;

export interface Tried {
  customer: string;
  zone: string;
  /** when it would start */
  launch: Minute;
  /** whether the audience takes the customer now (excluded ones it does not); the journey is shown in any case */
  inAudience: boolean;
  trace: Driven["trace"];
  /** what the customer, and who calls, did meanwhile */
  acts: Act[];
}

export interface TryOptions {
  customer: string;
  behaviour: BehaviourName;
  channels: string[];
  launch?: Date;
  /** what is done at a step, as it was typed: step to "what" or "what@days" */
  do?: Record<string, string>;
  /** parameters as they were typed: name to text */
  set?: Record<string, string>;
  /** fields of the event that starts the journey */
  trigger?: Record<string, unknown>;
}

const HORIZON_MINUTES = 400 * DAY;

/**
 * One customer's way through a campaign on the machine and a virtual clock, with the decisions that production would
 * take on the customer's facts as they are now. Nothing is stored.
 * @throws InputError when there is no such customer
 */
export async function tryCampaign(db: Database, program: Program, options: TryOptions): Promise<Tried> {
  const deeds = readDeeds(program, options.do ?? {});
  const found = await findCustomer(db, options.customer);
  if (!found) throw await noCustomer(db, options.customer);
  const asOf = options.launch ?? (await now(db));
  const start: Minute = minuteOf(asOf);
  const name = isZone(found.timezone) ? found.timezone : program.timezone;
  const zone = freezeZone(name, start - DAY, start + HORIZON_MINUTES);
  const reach = new Map<SendStep | SurveyStep | RsvpStep, Awaited<ReturnType<typeof loadReach>>>();
  for (const step of Object.values(program.steps)) {
    if (step.kind !== "send" && step.kind !== "survey" && step.kind !== "rsvp") continue;
    reach.set(step, await loadReach(db, [found.id], { ...step, configured: options.channels }));
  }
  const { rule, exclude, exitWhen } = program.audience;
  const keptOut = [exclude, exitWhen].filter((one) => one !== undefined);
  const rules = [rule, ...keptOut, ...Object.values(program.steps).flatMap(rulesOf)];
  const splits = Object.values(program.steps).flatMap((step) =>
    step.kind === "split" ? [splitVariable(program.campaign, step.id)] : [],
  );
  const variables = [...rules.flatMap(variablesOf), ...splits];
  const facts = await loadFacts(db, { customers: [found.id], variables, asOf, homeZone: program.timezone });
  const mine = { ...facts.get(found.id), ...triggerFacts(program, variables, options) };
  const world = person(
    program,
    zone,
    localDay(zone, start),
    {
      channels: (step) => reach.get(step)!.get(found.id)!,
      openComplaint: Number(mine["complaints.open"] ?? 0) > 0,
      facts: mine,
      entered: start,
      params: paramValues(program.params ?? {}, options.set ?? {}, digitsOf(program.currency)),
    },
    { ...BEHAVIOURS[options.behaviour], deeds },
  );
  const { trace, enrolment, end } = drive({ code: program.code, zone }, 0, world, start, start + HORIZON_MINUTES);
  const inAudience = holdsFor(rule, mine) && !keptOut.some((one) => holdsFor(one, mine));
  const acts = world.actsUntil(enrolment.status === ENDED ? end : start + HORIZON_MINUTES);
  return { customer: options.customer, zone: name, launch: start, inAudience, trace, acts };
}

/** The rules that a step asks when it is its turn. */
function rulesOf(step: Step): Ast[] {
  if (step.kind === "branch") return step.cases;
  if (step.kind === "date") return [step.day];
  if (step.kind === "waitFor") return step.if ? [step.if] : [];
  return step.kind === "set" ? [...Object.values(step.values), ...Object.values(step.traits)] : [];
}

function holdsFor(rule: Ast, facts: Record<string, unknown>): boolean {
  return holds(rule, (name) => facts[name] as never);
}
