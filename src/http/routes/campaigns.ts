import { z } from "zod";
import { InputError } from "../../fault.ts";
import { textFaults } from "../../intake/text.ts";
import { applyDefinition, compilePosted } from "../../operate/apply.ts";
import { showCampaign } from "../../operate/campaign.ts";
import { errorsOf, type Locale, Problem } from "../problem.ts";
import { type AnyRoute, route } from "../route.ts";
import type { Parts } from "../parts.ts";
import { problemError } from "../schema.ts";

const named = z.object({ id: z.string() });
const definition = z.looseObject({}).meta({ description: "the JSON of rules/campaigns/ID.json" });

/** docs/api.md describes them. */
export function campaignRoutes({ db, config }: Parts): AnyRoute[] {
  return [
    route({
      method: "POST",
      path: "/v1/campaigns/validate",
      tag: "campaigns",
      summary: "Checks a campaign against rules/ as it is now; stores nothing",
      roles: ["marketer"],
      audited: false,
      reads: definition,
      answer: z.object({ campaign: z.string(), warnings: z.array(problemError) }),
      async handle({ body, locale }) {
        const { program, warnings } = await orProblem(locale, INVALID, async () => {
          return compilePosted(config.rules, storable(body));
        });
        return { campaign: program.campaign, warnings: errorsOf(warnings, locale) };
      },
    }),
    route({
      method: "PUT",
      path: "/v1/campaigns/{id}",
      tag: "campaigns",
      summary: "Checks a campaign and, when it is sound, makes it the one that its next run launches",
      roles: ["marketer"],
      params: named,
      reads: definition,
      answer: z.object({
        campaign: z.string(),
        program: z.string().meta({ description: "hash of what runs will be launched with" }),
        unchanged: z.boolean(),
        warnings: z.array(problemError),
      }),
      async handle({ params, body, holder, locale }) {
        const applied = await orProblem(locale, REFUSED, async () => {
          return applyDefinition(db, config.rules, params.id, storable(body), holder.name);
        });
        return { ...applied, warnings: errorsOf(applied.warnings, locale) };
      },
    }),
    route({
      method: "GET",
      path: "/v1/campaigns/{id}",
      tag: "campaigns",
      summary: "What is applied, by whom, its phases, steps, targets and runs",
      roles: ["marketer", "ops", "sales", "service"],
      params: named,
      answer: z.looseObject({}),
      handle: ({ params }) => showCampaign(db, params.id),
    }),
  ];
}

const INVALID = { en: "the campaign has faults", "zh-CN": "活动定义有误" };
const REFUSED = { en: "the campaign has faults; nothing was stored", "zh-CN": "活动定义有误，未保存任何内容" };

/** Of a body's JSON: twelve levels of branches in branches, and a rule in the last, are less. */
const DEEPEST = 100;

/** @throws InputError when the body holds what the database cannot */
function storable(body: unknown): unknown {
  const faults = textFaults(body, "", DEEPEST);
  if (faults.length > 0) throw new InputError(faults);
  return body;
}

/** Faults of the body become the problem's errors, in the asker's language. */
async function orProblem<T>(locale: Locale, detail: Problem["detail"], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (failure) {
    if (!(failure instanceof InputError)) throw failure;
    throw new Problem(422, "bad-campaign", detail, errorsOf(failure.faults, locale));
  }
}
