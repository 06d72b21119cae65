import { wilson } from "../../stats/interval.ts";
import type { Arm, Arms, Reading } from "../arms.ts";
import type { Format } from "./format.ts";
import { left, right, type Section } from "./section.ts";

export function armsSection(arms: Arms, format: Format): Section {
  const zh = format.language === "zh-CN";
  const { treatment, holdout } = arms;
  const row = (title: string, figure: (arm: Arm) => string, difference = "") => [
    title,
    figure(treatment),
    figure(holdout),
    difference,
  ];
  const difference = arms.difference;
  const rows = [row(zh ? "人数" : "Enrolled", (arm) => format.count(arm.enrolled))];
  if (treatment.converted !== null) {
    rows.push(
      row(zh ? "转化人数" : "Converted", (arm) => format.count(arm.converted ?? 0)),
      row(
        zh ? "转化率" : "Conversion rate",
        (arm) => share(arm, format),
        difference ? format.points(difference.value) : "–",
      ),
      row(
        zh ? "　95% 区间" : "  95% interval",
        (arm) => interval(arm, format),
        difference ? `${format.points(difference.low)} … ${format.points(difference.high)}` : "–",
      ),
      row(zh ? "转化收入" : "Revenue of conversions", (arm) => format.money(arm.revenue ?? 0)),
      row(zh ? "窗口期未结束" : "Window still open", (arm) => format.count(arm.open)),
    );
  }
  return {
    id: "arms",
    title: zh ? "实验组与对照组" : "Treatment and holdout",
    columns: [
      left(""),
      right(zh ? "实验组" : "Treatment"),
      right(zh ? "对照组" : "Holdout"),
      right(zh ? "差异" : "Difference"),
    ],
    rows,
    notes: difference ? [sentence(difference.reading, zh), source(zh)] : [],
  };
}

function share(arm: Arm, format: Format): string {
  if (arm.enrolled === 0) return "–";
  return format.percent({ numerator: BigInt(arm.converted ?? 0), denominator: BigInt(arm.enrolled) });
}

function interval(arm: Arm, format: Format): string {
  if (arm.enrolled === 0) return "–";
  const { low, high } = wilson(arm.converted ?? 0, arm.enrolled);
  return `${format.percent(low)} … ${format.percent(high)}`;
}

function sentence(reading: Reading, zh: boolean): string {
  switch (reading) {
    case "more":
      return zh
        ? "实验组转化率高于对照组，差异超出随机波动范围。"
        : "More of the treated converted than of the holdout, beyond what chance explains.";
    case "fewer":
      return zh
        ? "实验组转化率低于对照组，差异超出随机波动范围。"
        : "Fewer of the treated converted than of the holdout, beyond what chance explains.";
    case "no difference shown":
      return zh
        ? "区间包含 0：现有人数不足以证明两组有差异（并不等于没有差异）。"
        : "The interval holds 0: these numbers do not show a difference (which is not the same as showing there is none).";
    case "too few":
      return zh
        ? "某一组不足 20 人：仅列出区间，不作结论。"
        : "An arm has fewer than 20 members: the interval is shown, no conclusion is drawn.";
    case "too early":
      return zh
        ? "仍有成员处于转化窗口期内：差异尚不能定论。"
        : "Conversion windows are still open: the difference is not final.";
  }
}

function source(zh: boolean): string {
  return zh
    ? "区间：单组为 Wilson 得分区间，差异为 Newcombe 混合得分区间（1998，方法 10），置信度 95%。"
    : "Intervals: Wilson score for each arm, Newcombe's hybrid score (1998, method 10) for the difference, 95%.";
}
