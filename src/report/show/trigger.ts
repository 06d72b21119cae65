import { formatDuration } from "../../campaign/duration.ts";
import type { Trigger } from "../../campaign/program.ts";
import type { Language } from "./format.ts";

/** What starts a run, or brings members into it, in a line. */
export function triggerText(trigger: Trigger, language: Language): string {
  const zh = language === "zh-CN";
  switch (trigger.kind) {
    case "manual":
      return zh ? "人工启动：campaign run" : "by hand: campaign run";
    case "schedule":
      return zh
        ? `定时 ${trigger.cron}（${trigger.timezone}）：campaign schedule`
        : `at ${trigger.cron} (${trigger.timezone}): campaign schedule`;
    case "event": {
      const settle = trigger.settle && formatDuration(trigger.settle);
      const rule = trigger.where ? (zh ? "（有条件）" : " that fits its rule") : "";
      const each = trigger.enrolBy ? (zh ? `，按 ${trigger.enrolBy} 区分` : `, told apart by ${trigger.enrolBy}`) : "";
      if (zh) return `事件 ${trigger.event}${rule}${settle ? `，${settle} 内无新事件后` : ""}${each}`;
      return `an event ${trigger.event}${rule}${settle ? `, ${settle} after the last one` : ""}${each}`;
    }
    case "segment":
      if (zh) return trigger.on === "entry" ? `进入人群 ${trigger.segment}` : `离开人群 ${trigger.segment}`;
      return trigger.on === "entry" ? `entry into ${trigger.segment}` : `exit from ${trigger.segment}`;
    case "date":
      return dateText(trigger, zh);
  }
}

function dateText({ of, calendar, offset, at }: Extract<Trigger, { kind: "date" }>, zh: boolean): string {
  const lunar = calendar === "lunar" ? (zh ? "农历" : "lunar ") : "";
  const day = "trait" in of ? of.trait : zh ? `${of.month} 月 ${of.day} 日` : `${of.month}/${of.day}`;
  const time = `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
  const days = Math.abs(offset);
  if (zh)
    return `每年 ${lunar}${day}${offset === 0 ? "" : offset < 0 ? `前 ${days} 天` : `后 ${days} 天`} ${time}（客户当地）`;
  const shift = offset === 0 ? "" : offset < 0 ? `${days} d before ` : `${days} d after `;
  return `each year, ${shift}${lunar}${day}, ${time} local`;
}
