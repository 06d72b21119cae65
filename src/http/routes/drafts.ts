import { z } from "zod";
import { sendable } from "../../channel/configured.ts";
import type { Program } from "../../campaign/program.ts";
import { parseAsOf } from "../../operate/as-of.ts";
import { loadDraft } from "../../operate/campaign/draft.ts";
import { planCampaign } from "../../operate/campaign/plan.ts";
import { BEHAVIOURS, type BehaviourName, tryCampaign } from "../../operate/campaign/try.ts";
import { planAnswer } from "../answer/plan.ts";
import type { LongWork } from "../long-work.ts";
import type { Parts } from "../parts.ts";
import { type AnyRoute, route } from "../route.ts";
import { assignments } from "../schema.ts";

const named = z.object({ id: z.string() });
const draft = {
  definition: z
    .looseObject({})
    .optional()
    .meta({ description: "a campaign that is not applied; as rules/campaigns/ID.json" }),
  from: z
    .enum(["applied", "rules"])
    .optional()
    .meta({ description: "which campaign of this id; applied when left out" }),
  launch: z.string().max(40).optional().meta({ description: "as if launched then (ISO 8601); now when left out" }),
};

/** What a campaign would do; nothing is stored. */
export function draftRoutes({ db, config }: Parts, long: LongWork): AnyRoute[] {
  return [
    route({
      method: "POST",
      path: "/v1/campaigns/{id}/plan",
      tag: "campaigns",
      summary: {
        en: "Whom a campaign would reach, when, with what, at what cost; stores nothing",
        "zh-CN": "活动会触达谁、何时、用什么、花费多少；不保存",
      },
      roles: ["marketer", "ops"],
      audited: false,
      once: false,
      params: named,
      body: z.strictObject(draft),
      answer: planAnswer,
      handle: ({ params, body: { launch, ...which } }) =>
        long(async () => {
          const { program, lists } = await loadDraft(db, config.rules, params.id, which);
          return planCampaign(db, program, sendable(config), startOf(launch, program), lists);
        }),
    }),
    route({
      method: "POST",
      path: "/v1/campaigns/{id}/try",
      tag: "campaigns",
      summary: {
        en: "One customer's way through a campaign, days in a moment; stores nothing",
        "zh-CN": "一位客户走完活动的全过程，多日瞬间演完；不保存",
      },
      roles: ["marketer", "ops"],
      audited: false,
      once: false,
      params: named,
      body: z.strictObject({
        ...draft,
        customer: z.string().max(256).meta({ description: "customer_id, whose facts decide" }),
        behaviour: z.enum(Object.keys(BEHAVIOURS) as [BehaviourName, ...BehaviourName[]]).default("keen"),
        set: assignments,
        trigger: z.looseObject({}).optional().meta({ description: "fields of the event that starts the journey" }),
      }),
      answer: z.object({
        customer: z.string(),
        zone: z.string(),
        launch: z.number().meta({ description: "minute since 1970, as all of the trace" }),
        inAudience: z.boolean(),
        trace: z.array(
          z.looseObject({
            ...{ step: z.string(), occurrence: z.number(), attempt: z.number(), outcome: z.number(), at: z.number() },
            reasons: z.array(z.string()),
          }),
        ),
      }),
      async handle({ params, body: { definition, from, launch, trigger, ...rest } }) {
        const { program } = await loadDraft(db, config.rules, params.id, { definition, ...(from && { from }) });
        const start = startOf(launch, program);
        const more = { ...(trigger && { trigger }), ...(start && { launch: start }) };
        return tryCampaign(db, program, { ...rest, ...more, channels: sendable(config) });
      },
    }),
  ];
}

/** @throws InputError when it is no time */
function startOf(launch: string | undefined, { timezone }: Program): Date | undefined {
  return launch === undefined ? undefined : parseAsOf(launch, timezone, "/launch");
}
