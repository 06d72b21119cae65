import { agesOf } from "../../store/freshness.ts";
import type { Report } from "../load.ts";
import { armsSection } from "./arms.ts";
import { callsSection, rewardsSection, surveySection } from "./effects.ts";
import type { Format } from "./format.ts";
import { dailySection, funnelSection, messagesSection, reasonsSection } from "./journey.ts";
import { budgetSection, planSection } from "./means.ts";
import type { Section } from "./section.ts";
import { targetsSection } from "./targets.ts";
import { term } from "./words.ts";

/** The report as sections to read, the verdicts first; parts that this campaign does not have are left out. */
export function sectionsOf(report: Report, format: Format): Section[] {
  return [
    targetsSection(report.targets, format),
    armsSection(report.arms, format),
    budgetSection(report.budget, format),
    funnelSection(report.funnel, report.arms.treatment, format),
    dailySection(report.daily, format),
    reasonsSection(report.reasons, format),
    messagesSection(report.messages, format),
    rewardsSection(report.rewards, format),
    callsSection(report.calls, format),
    surveySection(report.surveys, format),
    planSection(report.plan, format),
  ].filter((section) => section.rows.length > 0);
}

/** "Run winback-1 · running · …", one fact per entry. */
export function factsOf(report: Report, format: Format): { label: string; value: string }[] {
  const { head } = report;
  const zh = format.language === "zh-CN";
  return [
    { label: zh ? "运行" : "Run", value: head.run },
    { label: zh ? "状态" : "Status", value: term(head.status, format.language) },
    { label: zh ? "启动" : "Launched", value: format.moment(head.launchedAt) },
    ...(head.staleData.length > 0
      ? [{ label: zh ? "启动时数据已旧" : "Launched on old data", value: agesOf(head.staleData, format.language) }]
      : []),
    ...(head.closedAt ? [{ label: zh ? "结束" : "Closed", value: format.moment(head.closedAt) }] : []),
    { label: zh ? "截至" : "As of", value: format.moment(head.now) },
    { label: zh ? "时区" : "Zone", value: head.timezone },
    ...head.phases.map((phase) => ({
      label: `${zh ? "阶段" : "Phase"} ${phase.id}`,
      value: `${format.date(phase.start)} · ${phase.days} ${zh ? "天" : "days"}${phase.shiftedBy > 0 ? (zh ? `（顺延 ${phase.shiftedBy} 天）` : ` (shifted by ${phase.shiftedBy})`) : ""}`,
    })),
    { label: zh ? "程序" : "Program", value: head.program.slice(0, 12) },
  ];
}
