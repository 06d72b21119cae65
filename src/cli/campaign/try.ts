import { type Command, InvalidArgumentError, Option } from "commander";
import { DateTime } from "luxon";
import { sendable } from "../../channel/configured.ts";
import { optionName } from "../../campaign/option-name.ts";
import { code, OPTION_BASE, OUTCOMES, type Program } from "../../campaign/program.ts";
import { compileFrom } from "../../operate/campaign/apply.ts";
import { parseAsOf } from "../../operate/as-of.ts";
import { BEHAVIOURS, type BehaviourName, type Tried, tryCampaign } from "../../operate/campaign/try.ts";
import { assignments } from "../assignment.ts";
import { withServices } from "../services.ts";

interface Options {
  customer: string;
  behaviour: BehaviourName;
  do?: Record<string, string>;
  launch?: string;
  set?: Record<string, string>;
  trigger?: Record<string, unknown>;
  json?: boolean;
}

export function register(parent: Command): void {
  parent
    .command("try")
    .argument("<id>")
    .description(
      "take one customer through a campaign on the machine, days in a moment, and print the timeline; stores nothing",
    )
    .requiredOption("--customer <customer_id>", "whose facts decide")
    .addOption(
      new Option("--behaviour <name>", "how the customer behaves").choices(Object.keys(BEHAVIOURS)).default("keen"),
    )
    .option(
      "--do <step=what>",
      "what is done at a step that waits: call=interested, order=never, order=order.paid@3 (three days later); may be given several times",
      assignments,
    )
    .option("--launch <time>", "as if launched then; now by default")
    .option("--set <name=value>", "a parameter of the campaign; may be given several times", assignments)
    .option("--trigger <json>", "fields of the event that starts the journey", fields)
    .option("--json", "as JSON")
    .action((id: string, options: Options) =>
      withServices([], async ({ config, db }) => {
        const { program } = await compileFrom(config.rules, id);
        const tried = await tryCampaign(db, program, {
          customer: options.customer,
          behaviour: options.behaviour,
          channels: sendable(config),
          set: options.set ?? {},
          do: options.do ?? {},
          ...(options.trigger && { trigger: options.trigger }),
          ...(options.launch !== undefined && { launch: parseAsOf(options.launch, program.timezone, "--launch") }),
        });
        if (options.json) console.log(JSON.stringify(tried, null, 2));
        else for (const line of timeline(program, tried, config.locale)) console.log(line);
      }),
    );
}

function fields(written: string): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(written);
    if (typeof read === "object" && read !== null && !Array.isArray(read)) return read as Record<string, unknown>;
  } catch {
    // said below
  }
  throw new InvalidArgumentError('write a JSON object: {"amount": 200}');
}

const DOERS = {
  customer: { en: "customer", "zh-CN": "客户" },
  rep: { en: "rep", "zh-CN": "业务员" },
};

function timeline(
  program: Program,
  { customer, inAudience, launch, trace, acts, zone }: Tried,
  locale: "en" | "zh-CN",
): string[] {
  const head = inAudience
    ? {
        en: `${customer} is in the audience; times are of ${zone}`,
        "zh-CN": `${customer} 在目标人群中；时间为 ${zone}`,
      }
    : {
        en: `${customer} is not in the audience now; this is what would happen (${zone})`,
        "zh-CN": `${customer} 目前不在目标人群中；以下为假设情形（${zone}）`,
      };
  const started = DateTime.fromMillis(launch * 60_000, { zone });
  // days from launch, which is day 1
  const dayOf = (time: DateTime) => time.startOf("day").diff(started.startOf("day"), "days").days + 1;
  const when = (at: number) => {
    const time = DateTime.fromMillis(at * 60_000, { zone });
    return `${time.toFormat("yyyy-MM-dd HH:mm")}  ${String(dayOf(time)).padStart(3)}`;
  };
  const nameOf = (step: string, occurrence: number) => `${step}${occurrence > 1 ? ` #${occurrence}` : ""}`.padEnd(20);
  const decided = trace.map(({ step, occurrence, outcome, value, reasons, at }) => {
    const until =
      outcome === code("deferred") || outcome === code("scheduled")
        ? ` → ${DateTime.fromMillis((value ?? 0) * 60_000, { zone }).toFormat("MM-dd HH:mm")}`
        : "";
    const why = reasons.length > 0 ? `  (${reasons.join(", ")})` : "";
    return {
      at,
      line: `${when(at)}  ${nameOf(step, occurrence)} ${outcomeName(program, step, outcome)}${until}${why}`,
    };
  });
  const done = acts.map(({ at, step, occurrence, by, what }) => ({
    at,
    line: `${when(at)}  ${nameOf(step, occurrence)} ← ${DOERS[by][locale]}: ${what}`,
  }));
  // what is done comes before what follows from it in the same minute
  const lines = [...done, ...decided].toSorted((one, other) => one.at - other.at).map(({ line }) => line);
  return [head[locale], ...lines];
}

/** A step's own options by their names. */
function outcomeName(program: Program, name: string, outcome: number): string {
  const own = program.steps[name];
  const step = own?.kind === "expire" ? program.steps[own.of] : own;
  const index = outcome - OPTION_BASE;
  if (index < 0) return OUTCOMES[outcome] ?? String(outcome);
  return optionName(step, index);
}
