import { z } from "zod";
import { InputError } from "../../fault.ts";
import { textFaults } from "../../intake/text.ts";
import { applyDefinition, compilePosted } from "../../operate/campaign/apply.ts";
import { listCampaigns, showCampaign } from "../../operate/campaign/campaign.ts";
import { RUN_STATUSES } from "../../store/run.ts";
import { listOf, listQuery, onePast, pageAsked, pageOf } from "../cursor.ts";
import { expectation, isKnown, tagOf } from "../etag.ts";
import { errorsOf, type Locale, Problem } from "../problem.ts";
import { type AnyRoute, route } from "../route.ts";
import type { Parts } from "../parts.ts";
import { problemError, text, time, whoAsks } from "../schema.ts";

const named = z.object({ id: z.string() });
const definition = z.looseObject({}).meta({ description: "the JSON of rules/campaigns/ID.json" });

const program = {
  program: z.string().meta({ description: "hash of what runs are launched with" }),
  applied: time,
  appliedBy: z.string().nullable(),
  approved: time.nullable().meta({ description: "null: it may not be launched yet" }),
  approvedBy: z.string().nullable(),
};
const line = z.object({
  id: z.string(),
  name: text,
  ...program,
  trigger: z.string(),
  run: z.object({ id: z.string(), status: z.enum(RUN_STATUSES), launched: time }).nullable(),
});
const shown = z.looseObject({
  id: z.string(),
  name: text,
  ...program,
  timezone: z.string(),
  currency: z.string(),
  trigger: z.looseObject({ kind: z.string() }),
  segment: z.string().nullable(),
  list: z.string().nullable(),
  phases: z.array(z.looseObject({ id: z.string(), days: z.number() })),
  steps: z.array(z.string()),
  targets: z.array(z.looseObject({ metric: z.string() })),
  runs: z.array(
    z.object({
      ...{ id: z.string(), status: z.enum(RUN_STATUSES), program: z.string() },
      ...{ launched: time, closed: time.nullable() },
    }),
  ),
  programs: z.array(z.object(program)).meta({ description: "what it was ever applied as, latest first" }),
  definition: z.unknown().meta({ description: "as its author wrote it; null: applied before that was kept" }),
});

/** docs/api.md describes them. */
export function campaignRoutes({ db, config }: Parts): AnyRoute[] {
  return [
    route({
      method: "GET",
      path: "/v1/campaigns",
      tag: "campaigns",
      summary: {
        en: "Applied campaigns by id, each with its latest run",
        "zh-CN": "已应用的活动（按编号），附各自最近一次运行",
      },
      roles: ["marketer", "ops", "sales", "service"],
      query: listQuery,
      answer: listOf(line),
      async handle({ query }) {
        const page = pageAsked(query, z.string());
        return pageOf(await listCampaigns(db, onePast(page)), page, (row) => row.id);
      },
    }),
    route({
      method: "POST",
      path: "/v1/campaigns/validate",
      tag: "campaigns",
      summary: {
        en: "Checks a campaign against rules/ as it is now; stores nothing",
        "zh-CN": "按当前 rules/ 检查活动；不保存",
      },
      roles: ["marketer"],
      audited: false,
      once: false,
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
      summary: {
        en: "Checks a campaign and, when it is sound, makes it the one that its next run launches",
        "zh-CN": "检查活动；无误则作为下次运行所用的版本",
      },
      roles: ["marketer"],
      params: named,
      headers: {
        "If-Match": "the ETag that was read: 412 when somebody has changed the campaign since",
        "If-None-Match": "*: only when there is no such campaign yet",
      },
      reads: definition,
      answer: z.object({
        campaign: z.string(),
        program: program.program,
        definition: z.string().meta({ description: "hash of the definition; also the answer's ETag" }),
        unchanged: z.boolean(),
        approved: z.boolean().meta({ description: "false: somebody else must approve it before it can be launched" }),
        warnings: z.array(problemError),
      }),
      async handle({ params, body, holder, locale, request, reply }) {
        const expect = expectation(request);
        const applied = await orProblem(locale, REFUSED, async () => {
          return applyDefinition(db, config.rules, params.id, storable(body), { by: whoAsks(holder), expect });
        });
        reply.header("etag", tagOf(applied.definition));
        return { ...applied, warnings: errorsOf(applied.warnings, locale) };
      },
    }),
    route({
      method: "GET",
      path: "/v1/campaigns/{id}",
      tag: "campaigns",
      summary: {
        en: "What is applied, by whom, its definition, phases, steps, targets and runs",
        "zh-CN": "已应用的内容、应用者、定义、阶段、步骤、目标与各次运行",
      },
      roles: ["marketer", "ops", "sales", "service"],
      params: named,
      headers: { "If-None-Match": "the ETag of an earlier answer: 304 when nothing has changed" },
      answer: shown,
      async handle({ params, request, reply }) {
        const { campaign, hash } = await showCampaign(db, params.id);
        if (isKnown(request, reply, tagOf(hash, JSON.parse(JSON.stringify(campaign))))) return reply.code(304).send();
        return campaign;
      },
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
