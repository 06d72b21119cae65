import { type Ratio, ratioOf, subtract } from "../../stats/ratio.ts";
import type { TargetLine } from "../targets.ts";
import type { Format } from "./format.ts";
import { left, right, type Section, type Tone } from "./section.ts";
import { term } from "./words.ts";

/** A target as it is read: every part is text. */
export interface TargetText {
  label: string;
  bound: string;
  value: string;
  counted: string;
  gap: string;
  verdict: string;
  tone: Tone;
}

export function targetText(line: TargetLine, format: Format): TargetText {
  const zh = format.language === "zh-CN";
  const write = line.unit === "money" ? format.money : line.unit === "ratio" ? format.percent : format.rating;
  const bound = line.atLeast ?? line.atMost ?? 0;
  const value: Ratio | undefined =
    line.denominator > 0 ? { numerator: BigInt(line.numerator), denominator: BigInt(line.denominator) } : undefined;
  const gap = value && subtract(value, ratioOf(bound));
  const basis =
    line.basis === "planned"
      ? zh
        ? "（计划）"
        : " (planned)"
      : line.basis === "actual"
        ? zh
          ? "（实际）"
          : " (actual)"
        : "";
  const soFar = term(line.asOfNow, format.language);
  const early = line.verdict === "too early";
  return {
    label: `${line.label[format.language]}${basis}`,
    bound: `${line.atLeast !== null ? "≥" : "≤"} ${write(bound)}`,
    value: value ? write(value) : "–",
    counted: `${line.unit === "money" ? format.money(line.numerator) : format.count(line.numerator)} ÷ ${format.count(line.denominator)}`,
    gap: gap ? (line.unit === "ratio" ? format.points(gap) : format.signed(gap, write)) : "–",
    verdict:
      term(line.verdict, format.language) + (early && value ? (zh ? `（目前${soFar}）` : ` (so far ${soFar})`) : ""),
    tone: early ? "quiet" : line.verdict === "missed" ? "bad" : "good",
  };
}

export function targetsSection(lines: TargetLine[], format: Format): Section {
  const zh = format.language === "zh-CN";
  const defined = new Map(lines.map((line) => [line.metric, line]));
  const open = Math.max(0, ...lines.filter((line) => line.verdict === "too early").map((line) => line.open));
  return {
    id: "targets",
    title: zh ? "目标达成" : "Targets",
    columns: [
      left(zh ? "指标" : "Metric"),
      right(zh ? "目标" : "Target"),
      right(zh ? "实际值" : "Value"),
      right(zh ? "分子 ÷ 分母" : "Counted"),
      right(zh ? "差距" : "Gap"),
      left(zh ? "结论" : "Verdict"),
    ],
    rows: lines.map((line) => {
      const text = targetText(line, format);
      return [text.label, text.bound, text.value, text.counted, text.gap, { text: text.verdict, tone: text.tone }];
    }),
    notes: [
      ...[...defined.values()].map(
        (line) => `${line.label[format.language]}${zh ? "：" : ": "}${line.definition[format.language]}`,
      ),
      zh
        ? "结论：优于目标一成及以上为“超额完成”；窗口期未全部结束前一律为“尚早”。"
        : "Verdicts: exceeded means better than the target by at least a tenth of it; while anybody's window is open it is too early to say.",
      ...(open > 0
        ? [
            zh
              ? `仍可能变化的成员最多 ${format.count(open)} 名。`
              : `Figures of up to ${format.count(open)} members may still change.`,
          ]
        : []),
    ],
  };
}
