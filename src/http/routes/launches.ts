import { z } from "zod";
import type { Text } from "../../campaign/program.ts";
import { absent } from "../../fault.ts";
import { approveCampaign } from "../../operate/campaign/approve.ts";
import { listSchedules, scheduleCampaign, setSchedule } from "../../operate/schedule/campaign-schedule.ts";
import { launch } from "../../operate/run/launch.ts";
import { reachOf } from "../../operate/campaign/reach.ts";
import { launched } from "../answer/run.ts";
import type { LongWork } from "../long-work.ts";
import type { Parts } from "../parts.ts";
import { type AnyRoute, route } from "../route.ts";
import { assignments, text, time, whoAsks } from "../schema.ts";

const named = z.object({ id: z.string() });
const confirmed = z
  .boolean()
  .default(false)
  .meta({ description: "yes to writing to real people; without it such a launch is refused with their number" });

const schedule = z.object({
  campaign: z.string(),
  ...{ cron: z.string(), timezone: z.string(), overlap: z.enum(["skip", "queue", "parallel"]) },
  catchUp: z.number().meta({ description: "minutes" }),
  wanted: z.enum(["on", "paused", "off"]),
  since: time,
  confirmedBy: z.string().nullable(),
  next: time.nullable(),
  launches: z.array(
    z.object({
      due: time,
      outcome: z.enum(["launched", "waiting", "skipped", "refused"]),
      ...{ run: z.string().nullable(), reason: text.nullable(), at: time },
    }),
  ),
  missed: z.array(time).meta({ description: "nobody was there to launch, and now it is too late" }),
});

/** What lets campaigns go: somebody's approval, somebody's launch, a schedule. */
export function launchRoutes({ db, config, wake }: Parts, long: LongWork): AnyRoute[] {
  async function scheduleOf(campaign: string) {
    const found = (await listSchedules(db)).find((one) => one.campaign === campaign);
    if (!found) throw absent("", { en: "this campaign is not scheduled", "zh-CN": "该活动没有定时" });
    return found;
  }
  const setting = (path: "pause" | "resume", wanted: "paused" | "on", summary: Text) =>
    route({
      method: "POST",
      path: `/v1/campaigns/{id}/schedule/${path}`,
      tag: "schedules",
      summary,
      roles: ["ops", "marketer"],
      params: named,
      answer: schedule,
      async handle({ params }) {
        await setSchedule(db, params.id, wanted);
        return scheduleOf(params.id);
      },
    });

  return [
    route({
      method: "POST",
      path: "/v1/campaigns/{id}/approve",
      tag: "campaigns",
      summary: {
        en: "Lets an applied campaign be launched; where rules/home.json says so, somebody else than who applied it must",
        "zh-CN": "批准启动已应用的活动；rules/home.json 有此要求时，须由应用者以外的人批准",
      },
      roles: ["marketer", "ops"],
      params: named,
      body: z.strictObject({
        program: z
          .string()
          .min(8)
          .max(64)
          .optional()
          .meta({ description: "hash of what was looked at; 422 when another is applied by now" }),
      }),
      answer: z.object({
        ...{ campaign: z.string(), program: z.string(), appliedBy: z.string().nullable(), approvedBy: z.string() },
        unchanged: z.boolean().meta({ description: "it was approved before" }),
      }),
      handle: ({ params, body: { program }, holder }) =>
        approveCampaign(db, config.rules, {
          ...{ campaign: params.id, by: whoAsks(holder) },
          ...(program !== undefined && { program }),
        }),
    }),
    route({
      method: "POST",
      path: "/v1/campaigns/{id}/runs",
      tag: "runs",
      summary: {
        en: "Launches an applied campaign: enrols its audience and starts",
        "zh-CN": "启动已应用的活动：登记受众并开始",
      },
      roles: ["ops", "marketer"],
      params: named,
      body: z.strictObject({
        limit: z.number().int().min(1).optional().meta({ description: "at most so many customers" }),
        confirmed,
        acceptStale: z
          .boolean()
          .default(false)
          .meta({ description: "although data is older than the campaign allows; recorded" }),
        set: assignments,
      }),
      status: 201,
      answer: launched,
      async handle({ params, body: { limit, ...rest }, keep, note }) {
        const options = { campaign: params.id, reach: reachOf(config), ...rest, ...(limit !== undefined && { limit }) };
        const made = await long(() => launch(db, options, keep));
        note({ run: made.run });
        wake("dispatch");
        return made;
      },
    }),
    route({
      method: "GET",
      path: "/v1/schedules",
      tag: "schedules",
      summary: {
        en: "Campaigns that are launched at times: when next, what became of the latest, which were missed",
        "zh-CN": "定时启动的活动：下次时间、最近一次的结果、错过的次数",
      },
      roles: ["marketer", "ops"],
      answer: z.object({ items: z.array(schedule) }),
      handle: async () => ({ items: await listSchedules(db) }),
    }),
    route({
      method: "GET",
      path: "/v1/campaigns/{id}/schedule",
      tag: "schedules",
      summary: { en: "One of them", "zh-CN": "其中之一" },
      roles: ["marketer", "ops"],
      params: named,
      answer: schedule,
      handle: ({ params }) => scheduleOf(params.id),
    }),
    route({
      method: "PUT",
      path: "/v1/campaigns/{id}/schedule",
      tag: "schedules",
      summary: {
        en: "From now on launches an applied campaign at its trigger's times",
        "zh-CN": "从此按触发时间启动已应用的活动",
      },
      roles: ["ops", "marketer"],
      params: named,
      body: z.strictObject({ confirmed }),
      answer: schedule,
      async handle({ params, body, holder }) {
        const confirmedBy = whoAsks(holder);
        await scheduleCampaign(db, {
          ...{ campaign: params.id, reach: reachOf(config) },
          ...(body.confirmed && { confirmedBy }),
        });
        return scheduleOf(params.id);
      },
    }),
    setting("pause", "paused", { en: "Leaves launches out until it is resumed", "zh-CN": "恢复之前不再启动" }),
    setting("resume", "on", { en: "Goes on; what was due meanwhile is left out", "zh-CN": "继续；期间到期的不再补做" }),
    route({
      method: "DELETE",
      path: "/v1/campaigns/{id}/schedule",
      tag: "schedules",
      summary: { en: "No longer launches it by itself", "zh-CN": "不再自动启动" },
      roles: ["ops", "marketer"],
      params: named,
      answer: z.object({ campaign: z.string(), wanted: z.literal("off") }),
      async handle({ params }) {
        await setSchedule(db, params.id, "off");
        return { campaign: params.id, wanted: "off" as const };
      },
    }),
  ];
}
