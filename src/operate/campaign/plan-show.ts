import { conditionText } from "../../report/show/condition.ts";
import { formatFor, type Format, type Language } from "../../report/show/format.ts";
import { left, right, type Section } from "../../report/show/section.ts";
import { terminalSection } from "../../report/show/terminal.ts";
import { triggerText } from "../../report/show/trigger.ts";
import { term } from "../../report/show/words.ts";
import { agesOf } from "../../store/freshness.ts";
import { isStanding } from "../../campaign/trigger.ts";
import { unknownOnList } from "../rules/list-look.ts";
import type { CampaignPlan } from "./plan.ts";

/** A plan for a terminal. */
export function showPlan(plan: CampaignPlan, language: Language): string {
  const format = formatFor(language, plan.currency, plan.timezone);
  const zh = language === "zh-CN";
  const head = zh
    ? `${plan.name[language]}（${plan.campaign}）· 若于 ${format.moment(plan.launch)} 启动（${plan.timezone}）· 程序 ${plan.program.slice(0, 12)}`
    : `${plan.name[language]} (${plan.campaign}) · if launched on ${format.moment(plan.launch)} (${plan.timezone}) · program ${plan.program.slice(0, 12)}`;
  const trigger = `${zh ? "触发：" : "Trigger: "}${triggerText(plan.trigger, language)}`;
  const sections = [audience(plan, format), calendar(plan, format), messages(plan, format), means(plan, format)];
  const shown = sections.filter((section) => section.rows.length > 0);
  return [
    `${head}\n${trigger}`,
    ...shown.map((section) => `${section.title}\n${terminalSection(section, false)}`),
  ].join("\n\n");
}

function audience({ audience: people, lists, stale, trigger }: CampaignPlan, format: Format): Section {
  const standing = isStanding({ trigger });
  const zh = format.language === "zh-CN";
  const { count, language } = format;
  const row = (title: string, number: number) => [title, count(number)];
  const leftOut = [
    [zh ? "  被排除的人群或名单" : "  in a segment or on a list that is excluded", people.excluded],
    [zh ? "  已参加过本活动，或间隔不足" : "  already in this campaign, or back too soon", people.enteredBefore],
    [zh ? "  正在其他互斥活动中，或休息期内" : "  in another campaign of the group, or resting", people.elsewhere],
    [zh ? "  超出名额" : "  beyond the limit", people.beyondLimit],
  ] as [string, number][];
  return {
    id: "audience",
    title: zh ? "目标人群（按现有数据）" : "Audience (by what is known now)",
    columns: [
      left(
        [people.segment, people.list].filter((name) => name !== null).join(" ∩ ") || (zh ? "所有客户" : "everybody"),
      ),
      right(zh ? "客户" : "Customers"),
    ],
    rows: [
      row(zh ? "符合人群条件" : "in the audience", people.members),
      ...leftOut.filter(([, number]) => number > 0).map(([title, number]) => row(title, -number)),
      standing
        ? row(zh ? "可加入活动" : "could join", people.enrolled)
        : row(zh ? "将进入活动" : "would be enrolled", people.enrolled),
      row(zh ? "  对照组（不联系）" : "  held out, never contacted", people.holdout),
      row(zh ? "  触达组" : "  treated", people.treatment),
      row(zh ? "可联系（含对照组）" : "can be written to (held out included)", people.reachable),
      ...people.unreachable.map(({ reason, customers }) => row(`  ${term(reason, language)}`, customers)),
    ],
    notes: [
      ...(standing
        ? [
            zh
              ? "客户由触发逐个带入；以上为目前可加入的人数。"
              : "Its trigger brings customers one by one; these are all who could join now.",
          ]
        : []),
      ...lists.filter((look) => look.unknown > 0).map((look) => unknownOnList(look)[language]),
      ...(stale.length > 0
        ? [
            zh
              ? `数据已超过活动允许的时限（${agesOf(stale, language)}）：启动需加 --accept-stale。`
              : `Data is older than the campaign allows (${agesOf(stale, language)}): a launch needs --accept-stale.`,
          ]
        : []),
    ],
  };
}

function calendar({ phases, rows }: CampaignPlan, format: Format): Section {
  const zh = format.language === "zh-CN";
  const dates = (from: string, to: string) =>
    from === to ? format.date(from) : `${format.date(from)} – ${format.date(to)}`;
  return {
    id: "calendar",
    title: zh ? "日程" : "Calendar",
    columns: [
      left(zh ? "阶段 / 工作" : "Phase / task"),
      left(zh ? "日期" : "Dates"),
      left(zh ? "负责" : "Owner"),
      left(zh ? "完成标准" : "Done when"),
    ],
    rows: phases.flatMap((phase) => [
      [phase.id, dates(phase.from, phase.to), "", ""],
      ...rows
        .filter((row) => row.phase === phase.id)
        .map((row) => [
          `  ${row.title}${row.gate ? (zh ? "（闸口）" : " (gate)") : ""}`,
          dates(row.from, row.to),
          row.owner,
          conditionText(row.doneWhen, format),
        ]),
    ]),
    notes: rows.some((row) => row.gate)
      ? [zh ? "闸口未完成时，其后的阶段顺延。" : "Phases after a gate that is late move by whole days."]
      : [],
  };
}

function messages({ messages: mails, mostMessages, tasks }: CampaignPlan, format: Format): Section {
  const zh = format.language === "zh-CN";
  return {
    id: "messages",
    title: zh ? "每位客户的消息与任务" : "Messages and tasks per customer",
    columns: [
      left(zh ? "步骤" : "Step"),
      left(zh ? "内容" : "What"),
      left(zh ? "渠道" : "By"),
      left(zh ? "类型" : "Kind"),
      right(zh ? "最多" : "At most"),
    ],
    rows: [
      ...mails.map((mail) => [
        mail.step,
        mail.template,
        mail.channels.map((channel) => term(channel, format.language)).join(" → "),
        term(mail.kind, format.language),
        format.count(mail.times),
      ]),
      ...tasks.map((task) => [task.step, task.title, task.team, zh ? "任务" : "task", format.count(task.attempts)]),
    ],
    notes: [
      zh
        ? `一位客户至多收到 ${format.count(mostMessages)} 条消息。`
        : `No customer gets more than ${format.count(mostMessages)} messages.`,
    ],
  };
}

function means({ budget, gifts, coupons }: CampaignPlan, format: Format): Section {
  const zh = format.language === "zh-CN";
  const { money, count } = format;
  return {
    id: "budget",
    title: zh ? "预算" : "Budget",
    columns: [
      left(zh ? "科目" : "Line"),
      right(zh ? "预算" : "Planned"),
      right(zh ? "不设限时最多" : "Without its limit"),
    ],
    rows: [
      ...budget.lines.map(({ line, planned, most }) => [
        line,
        money(planned),
        most === null ? "" : most > planned ? { text: money(most), tone: "bad" as const } : money(most),
      ]),
      [zh ? "合计" : "Total", money(budget.planned), ""],
    ],
    notes: [
      zh ? `费用上限：${money(budget.ceiling)}。` : `Cost ceiling: ${money(budget.ceiling)}.`,
      ...gifts.map((gift) =>
        zh
          ? `礼品 ${gift.gift}：每人最多 ${count(gift.perCustomer)} 份，库存 ${count(gift.stock)}，最多发出 ${count(gift.most)} 份。`
          : `Gift ${gift.gift}: up to ${count(gift.perCustomer)} each, ${count(gift.stock)} in stock, ${count(gift.most)} given at most.`,
      ),
      ...coupons.map((pool) =>
        zh
          ? `优惠券 ${pool.pool}：最多发出 ${count(pool.most)} 张（券池 ${count(pool.limit)}）。`
          : `Coupons ${pool.pool}: ${count(pool.most)} at most (the pool has ${count(pool.limit)}).`,
      ),
    ],
  };
}
