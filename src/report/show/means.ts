import type { Budget, BudgetRow } from "../budget.ts";
import type { PlanLine } from "../plan.ts";
import type { Format } from "./format.ts";
import { type Cell, left, right, type Section } from "./section.ts";
import { term } from "./words.ts";

export function budgetSection(budget: Budget, format: Format): Section {
  const zh = format.language === "zh-CN";
  const row = (title: string, line: Omit<BudgetRow, "line">): Cell[] => [
    title,
    ...[line.planned, line.committed, line.recorded, line.actual].map((amount) => format.money(amount)),
    line.left < 0 ? { text: format.money(line.left), tone: "bad" } : format.money(line.left),
  ];
  const each = (amount: number) =>
    budget.participants > 0
      ? format.money({ numerator: BigInt(amount), denominator: BigInt(budget.participants) })
      : "–";
  const people = format.count(budget.participants);
  return {
    id: "budget",
    title: zh ? "预算与实际" : "Budget against actual",
    columns: [
      left(zh ? "科目" : "Line"),
      right(zh ? "预算" : "Planned"),
      right(zh ? "系统入账" : "Committed"),
      right(zh ? "手工登记" : "Recorded"),
      right(zh ? "实际" : "Actual"),
      right(zh ? "剩余" : "Left"),
    ],
    rows: [...budget.lines.map((line) => row(line.line, line)), row(zh ? "合计" : "Total", budget.total)],
    notes: [
      zh
        ? "实际 = 系统入账（礼品等效果自动记账）+ 手工登记（rekindle budget record）。"
        : "Actual = committed (booked by effects such as gifts) + recorded (rekindle budget record).",
      zh
        ? `人均成本：实际 ${each(budget.total.actual)}，预算 ${each(budget.total.planned)}（参与者 ${people} 人）。`
        : `Cost per participant: ${each(budget.total.actual)} actual, ${each(budget.total.planned)} planned (${people} participants).`,
    ],
  };
}

export function planSection(plan: PlanLine[], format: Format): Section {
  const zh = format.language === "zh-CN";
  const count = (...states: PlanLine["state"][]) =>
    format.count(plan.filter((line) => states.includes(line.state)).length);
  return {
    id: "plan",
    title: zh ? "工作计划" : "Plan",
    columns: [
      left(zh ? "工作" : "Task"),
      left(zh ? "负责" : "Owner"),
      left(zh ? "阶段" : "Phase"),
      left(zh ? "截止" : "Due"),
      left(zh ? "完成于" : "Done"),
      left(zh ? "状态" : "State"),
    ],
    rows: plan.map((line) => [
      line.gate ? `${line.title} ◆` : line.title,
      line.owner,
      line.phase,
      line.due ? format.moment(line.due) : "–",
      line.doneAt ? format.moment(line.doneAt) : "–",
      {
        text: term(line.state, format.language),
        tone: line.state === "late" || line.state === "done late" ? "bad" : line.state === "done" ? "good" : "quiet",
      },
    ]),
    notes: [
      zh
        ? `完成 ${count("done", "done late")} 项（其中逾期完成 ${count("done late")} 项），已逾期 ${count("late")} 项，其余 ${count("open", "waiting", "upcoming", "closed")} 项。◆ 表示关卡：未完成则下一阶段不开始。`
        : `${count("done", "done late")} done (${count("done late")} of them late), ${count("late")} late, ${count("open", "waiting", "upcoming", "closed")} other. ◆ marks a gate: the next phase waits for it.`,
    ],
  };
}
