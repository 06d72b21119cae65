import { DateTime } from "luxon";
import type { CampaignSchedule, LaunchRow } from "../../store/campaign-schedule.ts";
import type { Language } from "./format.ts";
import { left, type Section } from "./section.ts";
import { terminalSection } from "./terminal.ts";

/** A schedule with what has become of it; operate/schedule/campaign-schedule.ts finds it. */
export interface Scheduled extends CampaignSchedule {
  next: Date | null;
  launches: LaunchRow[];
  missed: Date[];
}
type Show = (at: Date, zone: string) => string;

export function localTime(at: Date, zone: string): string {
  return DateTime.fromJSDate(at, { zone }).toFormat("yyyy-MM-dd HH:mm");
}

const WORDS: Record<LaunchRow["outcome"], { en: string; "zh-CN": string }> = {
  launched: { en: "launched", "zh-CN": "已启动" },
  waiting: { en: "waiting for the run before", "zh-CN": "等待上一次运行结束" },
  skipped: { en: "left out", "zh-CN": "已跳过" },
  refused: { en: "REFUSED", "zh-CN": "被拒绝" },
};

export function schedulesText(schedules: Scheduled[], show: Show, language: Language): string {
  const zh = language === "zh-CN";
  const section: Section = {
    id: "schedules",
    title: "",
    columns: [
      left(zh ? "活动" : "Campaign"),
      left(zh ? "下次启动" : "Next launch"),
      left(zh ? "最近一次" : "Latest"),
      left(zh ? "错过" : "Missed"),
    ],
    rows: schedules.map((schedule) => [
      schedule.campaign,
      schedule.next ? `${show(schedule.next, schedule.timezone)} ${schedule.timezone}` : zh ? "已暂停" : "paused",
      latest(schedule, show, language),
      missedText(schedule, show) ?? "–",
    ]),
    notes: [],
  };
  return terminalSection(section, false);
}

function latest({ launches, timezone }: Scheduled, show: Show, language: Language): string {
  const launch = launches.at(-1);
  if (!launch) return "–";
  const why = launch.reason ? `: ${launch.reason[language]}` : "";
  return `${show(launch.due, timezone)} ${launch.run ?? WORDS[launch.outcome][language]}${why}`;
}

/** "2: 2026-04-01 10:00, …"; undefined: none was. */
function missedText({ missed, timezone }: Scheduled, show: Show): string | undefined {
  if (missed.length === 0) return undefined;
  const shown = missed.slice(-3).map((at) => show(at, timezone));
  return `${missed.length}: ${missed.length > shown.length ? "…, " : ""}${shown.join(", ")}`;
}
