import { wilson } from "../../stats/interval.ts";
import { type Bar, bars } from "../chart/bars.ts";
import { days } from "../chart/days.ts";
import { intervals } from "../chart/intervals.ts";
import type { Report } from "../load.ts";
import type { Format } from "../show/format.ts";
import { markup, type Markup } from "./markup.ts";

/** The charts of a report by the section they belong to. */
export function chartsOf(report: Report, format: Format): Record<string, Markup | undefined> {
  return {
    arms: armsChart(report, format),
    budget: budgetChart(report, format),
    funnel: funnelChart(report, format),
    daily: dailyChart(report, format),
    survey: surveyChart(report, format),
  };
}

function armsChart({ arms }: Report, format: Format): Markup | undefined {
  const zh = format.language === "zh-CN";
  const named = [
    [zh ? "实验组" : "Treatment", arms.treatment],
    [zh ? "对照组" : "Holdout", arms.holdout],
  ] as const;
  const rows = named.flatMap(([label, arm]) =>
    arm.converted === null || arm.enrolled === 0
      ? []
      : [
          {
            label,
            value: arm.converted / arm.enrolled,
            text: format.percent(arm.converted / arm.enrolled),
            ...wilson(arm.converted, arm.enrolled),
          },
        ],
  );
  return rows.length === 0
    ? undefined
    : intervals(rows, format.percent, zh ? "各组转化率及 95% 区间" : "Conversion rate by arm with 95% intervals");
}

function budgetChart({ budget }: Report, format: Format): Markup | undefined {
  const zh = format.language === "zh-CN";
  const rows = budget.lines.map((line): Bar => ({
    label: line.line,
    value: line.actual,
    against: line.planned,
    text: format.money(line.actual),
    ...(line.left < 0 && { tone: "bad" as const }),
  }));
  if (rows.length === 0) return undefined;
  return markup`${legend([
    ["bar", zh ? "实际" : "actual"],
    ["ghost", zh ? "预算" : "planned"],
  ])}${bars(rows, zh ? "各科目实际与预算" : "Actual against planned by line")}`;
}

function funnelChart({ funnel, arms }: Report, format: Format): Markup | undefined {
  if (funnel.length === 0) return undefined;
  const zh = format.language === "zh-CN";
  const everyone = arms.treatment.enrolled;
  const share = (entered: number) => (everyone > 0 ? ` · ${format.percent(entered / everyone)}` : "");
  const first: Bar = { label: zh ? "进入活动" : "enrolled", value: everyone, text: format.count(everyone) };
  const rows = funnel.map((step): Bar => ({
    label: step.step,
    value: step.entered,
    text: `${format.count(step.entered)}${share(step.entered)}`,
  }));
  return bars([first, ...rows], zh ? "到达各步骤的人数" : "Members that reached each step");
}

function dailyChart(report: Report, format: Format): Markup | undefined {
  if (report.daily.length === 0) return undefined;
  const zh = format.language === "zh-CN";
  const names = zh
    ? { members: "当日打卡人数", soFar: "累计参与人数", conversions: "转化" }
    : { members: "members on the day", soFar: "members so far", conversions: "conversions" };
  const points = report.daily.map((day) => ({ ...day, label: day.day.slice(5) }));
  return markup`${legend([
    ["bar", names.members],
    ["line", names.soFar],
    ["dot", names.conversions],
  ])}${days(points, names, zh ? "每日参与" : "Daily participation")}`;
}

function surveyChart({ surveys }: Report, format: Format): Markup | undefined {
  const asked = surveys
    .flatMap((survey) => survey.questions)
    .find((question) => question.scale !== null && question.answers > 0);
  if (!asked) return undefined;
  const rows = asked.ratings
    .map((count, i) => ({ label: `${i + 1} ★`, value: count, text: format.count(count) }))
    .toReversed();
  return bars(rows, format.language === "zh-CN" ? "评分分布" : "Answers by rating");
}

function legend(entries: [mark: string, text: string][]): Markup {
  return markup`<p class="legend">${entries.map(([mark, text]) => markup`<span><i class="${mark}"></i>${text}</span>`)}</p>`;
}
