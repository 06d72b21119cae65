import type { RunLine, Status } from "../status.ts";
import { type Format, formatFor, type Language } from "./format.ts";
import { left, right, type Section } from "./section.ts";
import { terminalSection } from "./terminal.ts";
import { term } from "./words.ts";

export function runsText(runs: RunLine[], language: Language): string {
  const zh = language === "zh-CN";
  const count = new Intl.NumberFormat(language);
  if (runs.length === 0)
    return zh ? "尚无运行：rekindle campaign run CAMPAIGN" : "no runs yet: rekindle campaign run CAMPAIGN";
  const section: Section = {
    id: "runs",
    title: "",
    columns: [
      left(zh ? "运行" : "Run"),
      left(zh ? "状态" : "Status"),
      left(zh ? "启动（UTC）" : "Launched (UTC)"),
      right(zh ? "实验组" : "Treated"),
      right(zh ? "对照组" : "Holdout"),
      right(zh ? "在途" : "Live"),
      right(zh ? "已转化" : "Converted"),
    ],
    rows: runs.map((run) => [
      run.run,
      term(run.status, language) + entryNote(run, zh),
      run.launchedAt.slice(0, 16).replace("T", " "),
      ...[run.treated, run.holdout, run.live, run.converted].map((figure) => count.format(figure)),
    ]),
    notes: [],
  };
  return terminalSection(section, false);
}

export function statusText(status: Status, language: Language): string {
  const { head, line, backlog } = status;
  const zh = language === "zh-CN";
  const format = formatFor(language, head.currency, head.timezone);
  const section: Section = {
    id: "status",
    title: "",
    columns: [left(zh ? "项目" : "What"), left(zh ? "现状" : "Now")],
    rows: [
      [zh ? "状态" : "Status", term(head.status, language) + entryNote(line, zh)],
      [zh ? "时钟" : "Clock", `${format.moment(head.now)} (${head.timezone})`],
      [
        zh ? "名单" : "Enrolled",
        zh
          ? `实验组 ${format.count(line.treated)}，对照组 ${format.count(line.holdout)}`
          : `${format.count(line.treated)} treated, ${format.count(line.holdout)} holdout`,
      ],
      ...(line.waiting > 0 ? [[zh ? "排队等待" : "In line", format.count(line.waiting)]] : []),
      ...(line.settling > 0 ? [[zh ? "待加入" : "Settling", format.count(line.settling)]] : []),
      ...(status.missed.days > 0 ? [[zh ? "错过的日期" : "Days missed", missedText(status, format)]] : []),
      [zh ? "在途" : "Live", format.count(line.live)],
      [
        zh ? "所处步骤" : "At step",
        list(Object.fromEntries(status.positions.map((row) => [row.step, row.members])), format),
      ],
      [zh ? "已离开" : "Ended", list(status.ended, format)],
      [zh ? "已转化" : "Converted", format.count(line.converted)],
      [zh ? "消息" : "Messages", list(status.messages, format)],
      [zh ? "任务" : "Tasks", list(status.tasks, format)],
      [zh ? "计划" : "Plan", list(status.plan, format)],
      [
        zh ? "积压" : "Backlog",
        zh
          ? `待启动批次 ${backlog.cohortsToStart}，待派发 ${backlog.stimuliUnsent}，待处理事件 ${backlog.eventsUnreacted}`
          : `${backlog.cohortsToStart} cohorts to start, ${backlog.stimuliUnsent} stimuli to send, ${backlog.eventsUnreacted} events to react to`,
      ],
    ],
    notes: [],
  };
  return `${head.name[language]} · ${head.run}\n${terminalSection(section, false)}`;
}

function missedText({ missed: { days, customers, latest } }: Status, { count, language }: Format): string {
  return language === "zh-CN"
    ? `${count(days)} 天无服务运行，涉及 ${count(customers)} 位客户（最近 ${latest}）`
    : `${count(days)} on which nothing ran, of ${count(customers)} customers (latest ${latest})`;
}

/** Whether anybody can still come in, where that does not go without saying. */
function entryNote({ draining, standing, status }: RunLine, zh: boolean): string {
  if (status === "stopped" || status === "closed") return "";
  if (draining) return zh ? "（不再接纳新成员）" : " (draining: nobody enters)";
  if (!standing) return "";
  return zh ? "（接纳新成员）" : " (active: customers join)";
}

function list(counts: Record<string, number>, format: Format): string {
  const parts = Object.entries(counts).map(([word, count]) => `${term(word, format.language)} ${format.count(count)}`);
  return parts.length > 0 ? parts.join(format.language === "zh-CN" ? "，" : ", ") : "–";
}
