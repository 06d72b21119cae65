import type { Arm } from "../arms.ts";
import type { FunnelStep } from "../funnel.ts";
import type { Messages } from "../messages.ts";
import type { Reason } from "../reasons.ts";
import type { Day } from "../daily.ts";
import type { Format } from "./format.ts";
import { left, right, type Section } from "./section.ts";
import { term } from "./words.ts";

export function funnelSection(funnel: FunnelStep[], treatment: Arm, format: Format): Section {
  const zh = format.language === "zh-CN";
  const share = (entered: number) =>
    treatment.enrolled > 0
      ? format.percent({ numerator: BigInt(entered), denominator: BigInt(treatment.enrolled) })
      : "–";
  return {
    id: "funnel",
    title: zh ? "步骤漏斗" : "Funnel by step",
    columns: [
      left(zh ? "步骤" : "Step"),
      right(zh ? "到达人数" : "Entered"),
      right(zh ? "占比" : "Share"),
      right(zh ? "决策次数" : "Decisions"),
      left(zh ? "结果" : "Outcomes"),
    ],
    rows: funnel.map((step) => [
      step.step,
      format.count(step.entered),
      share(step.entered),
      format.count(step.decisions),
      outcomeList(step.outcomes, format),
    ]),
    notes: [
      zh
        ? "到达人数：至少经过该步骤一次的实验组成员；每日重复的步骤按人按天计一次决策。"
        : "Entered: treated members that reached the step at least once. A step that repeats is decided once per member and day.",
    ],
  };
}

function outcomeList(outcomes: Record<string, number>, format: Format): string {
  const [colon, comma] = format.language === "zh-CN" ? ["：", "，"] : [": ", ", "];
  // a wait that is met and a target that is met are different words in Chinese
  const word = (outcome: string) => term(outcome === "met" ? "wait-met" : outcome, format.language);
  return Object.entries(outcomes)
    .map(([outcome, count]) => `${word(outcome)}${colon}${format.count(count)}`)
    .join(comma);
}

export function reasonsSection(reasons: Reason[], format: Format): Section {
  const zh = format.language === "zh-CN";
  return {
    id: "reasons",
    title: zh ? "跳过、推迟与原因" : "Skips, deferrals and their reasons",
    columns: [
      left(zh ? "步骤" : "Step"),
      left(zh ? "结果" : "Outcome"),
      left(zh ? "原因" : "Reason"),
      right(zh ? "次数" : "Decisions"),
      right(zh ? "人数" : "Members"),
    ],
    rows: reasons.map((row) => [
      row.step,
      term(row.outcome, format.language),
      term(row.reason, format.language),
      format.count(row.decisions),
      format.count(row.members),
    ]),
    notes: [
      zh
        ? "一次决策可有多个原因，因此各行不可相加。"
        : "One decision may have several reasons, so the rows do not add up.",
    ],
  };
}

export function messagesSection(messages: Messages, format: Format): Section {
  const zh = format.language === "zh-CN";
  const say = (code: string) => term(code, format.language);
  const { open, click, unsubscribe } = messages.reactions;
  const counts = [open, click, unsubscribe].map(format.count);
  return {
    id: "messages",
    title: zh ? "消息" : "Messages",
    columns: [
      left(zh ? "渠道" : "Channel"),
      left(zh ? "类型" : "Kind"),
      left(zh ? "状态" : "Status"),
      right(zh ? "条数" : "Messages"),
    ],
    rows: messages.byChannel.map((row) => [
      say(row.channel),
      say(row.kind),
      say(row.status),
      format.count(row.messages),
    ]),
    notes: [
      zh
        ? `被打开 ${counts[0]} 条，被点击 ${counts[1]} 条，退订 ${counts[2]} 条。`
        : `Opened ${counts[0]}, clicked ${counts[1]}, unsubscribed from ${counts[2]} messages.`,
      ...messages.reasons.map(
        (row) => `${say(row.status)}${zh ? "：" : ": "}${say(row.reason)} × ${format.count(row.messages)}`,
      ),
    ],
  };
}

/** Days on which nothing happened are left out of the table; the chart shows them. */
export function dailySection(days: Day[], format: Format): Section {
  const zh = format.language === "zh-CN";
  return {
    id: "daily",
    title: zh ? "每日参与" : "Daily participation",
    columns: [
      left(zh ? "日期" : "Day"),
      right(zh ? "打卡次数" : "Check-ins"),
      right(zh ? "打卡人数" : "Members"),
      right(zh ? "累计参与人数" : "Members so far"),
      right(zh ? "转化" : "Conversions"),
    ],
    rows: days
      .filter((day) => day.checkIns > 0 || day.conversions > 0)
      .map((day) => [
        format.date(day.day),
        format.count(day.checkIns),
        format.count(day.members),
        format.count(day.soFar),
        format.count(day.conversions),
      ]),
    notes: [
      zh
        ? "日期按客户所在时区计；补打卡计入其所属日期。"
        : "Days are the customers' own calendar days; a late check-in counts on the day it belongs to.",
    ],
  };
}
