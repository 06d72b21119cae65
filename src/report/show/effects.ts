import type { Calls } from "../calls.ts";
import type { Rewards } from "../rewards.ts";
import type { Survey } from "../survey.ts";
import type { Format } from "./format.ts";
import { left, right, type Section } from "./section.ts";
import { term } from "./words.ts";

export function rewardsSection(rewards: Rewards, format: Format): Section {
  const zh = format.language === "zh-CN";
  const list = (parts: [string, number][]) =>
    parts
      .filter(([, count]) => count > 0)
      .map(([word, count]) => `${word} ${format.count(count)}`)
      .join(zh ? "，" : ", ");
  const name = (id: string, text: { en: string; "zh-CN": string } | null) => text?.[format.language] ?? id;
  return {
    id: "rewards",
    title: zh ? "礼品、优惠券与积分" : "Gifts, coupons and points",
    columns: [
      left(zh ? "名称" : "Reward"),
      right(zh ? "数量" : "Given"),
      left(zh ? "状态" : "Status"),
      right(zh ? "成本" : "Cost"),
    ],
    rows: [
      ...rewards.gifts.map((gift) => [
        name(gift.gift, gift.name),
        format.count(gift.granted + gift.delivered),
        list([
          [zh ? "已发放" : "granted", gift.granted],
          [zh ? "已送达" : "delivered", gift.delivered],
          [zh ? "缺货未发" : "out of stock", gift.outOfStock],
          [zh ? "预算用完未发" : "budget spent", gift.budgetSpent],
        ]),
        format.money(gift.cost),
      ]),
      ...rewards.coupons.map((pool) => [
        name(pool.pool, pool.name),
        format.count(pool.issued + pool.redeemed + pool.expired),
        list([
          [zh ? "已预留" : "reserved", pool.reserved],
          [zh ? "已发出" : "issued", pool.issued],
          [zh ? "已核销" : "redeemed", pool.redeemed],
          [zh ? "已收回" : "released", pool.released],
          [zh ? "已过期" : "expired", pool.expired],
        ]),
        "",
      ]),
      [
        zh ? "积分" : "Points",
        format.count(rewards.points.points),
        zh ? `${format.count(rewards.points.members)} 人` : `${format.count(rewards.points.members)} members`,
        "",
      ],
    ],
    notes: [],
  };
}

export function callsSection(calls: Calls, format: Format): Section {
  const zh = format.language === "zh-CN";
  return {
    id: "calls",
    title: zh ? "人工任务" : "Calls and other work",
    columns: [
      left(zh ? "任务" : "Task"),
      right(zh ? "总数" : "Total"),
      right(zh ? "完成" : "Done"),
      right(zh ? "接通" : "Connected"),
      right(zh ? "逾期" : "Overdue"),
      right(zh ? "未完成" : "Open"),
      right(zh ? "关闭" : "Closed"),
      left(zh ? "结果" : "Outcomes"),
    ],
    rows: [
      ...calls.steps.map((row) => [
        `${row.title} (${row.step})`,
        ...[row.total, row.done, row.connected, row.overdue, row.open, row.closed].map(format.count),
        Object.entries(row.outcomes)
          .map(([outcome, count]) => `${outcome} ${format.count(count)}`)
          .join(zh ? "，" : ", "),
      ]),
      ...calls.others.map((row) => [
        term(row.kind, format.language),
        format.count(row.open + row.done + row.overdue + row.closed),
        format.count(row.done),
        "",
        format.count(row.overdue),
        format.count(row.open),
        format.count(row.closed),
        "",
      ]),
    ],
    notes: [],
  };
}

export function surveySection(surveys: Survey[], format: Format): Section {
  const zh = format.language === "zh-CN";
  return {
    id: "survey",
    title: zh ? "问卷" : "Survey",
    columns: [
      left(zh ? "问题" : "Question"),
      right(zh ? "作答" : "Answers"),
      right(zh ? "均分" : "Mean"),
      left(zh ? "评分分布" : "Ratings"),
    ],
    rows: surveys.flatMap((survey) =>
      survey.questions.map((question) => [
        question.label?.[format.language] ?? `${survey.step}.${question.id}`,
        format.count(question.answers),
        question.scale !== null && question.answers > 0
          ? format.rating({ numerator: BigInt(question.sum), denominator: BigInt(question.answers) })
          : "–",
        question.ratings.map((count, i) => `${i + 1}★ ${format.count(count)}`).join("  "),
      ]),
    ),
    notes: surveys.map((survey) => {
      const rate =
        survey.sent > 0
          ? format.percent({ numerator: BigInt(survey.answered), denominator: BigInt(survey.sent) })
          : "–";
      const figures = [survey.sent, survey.answered].map(format.count);
      return zh
        ? `${survey.step}：发出 ${figures[0]} 份，回收 ${figures[1]} 份，回收率 ${rate}。`
        : `${survey.step}: ${figures[0]} sent, ${figures[1]} answered, response rate ${rate}.`;
    }),
  };
}
