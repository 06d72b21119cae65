import { userInfo } from "node:os";
import type { Command } from "commander";
import {
  listSchedules,
  scheduleCampaign,
  type ScheduleState,
  setSchedule,
} from "../../operate/schedule/campaign-schedule.ts";
import { reachOf } from "../../operate/campaign/reach.ts";
import { refuse } from "../../fault.ts";
import { localTime, schedulesText } from "../../report/show/schedules.ts";
import { withServices } from "../services.ts";

interface Options {
  list?: boolean;
  pause?: boolean;
  resume?: boolean;
  remove?: boolean;
  yes?: boolean;
  by?: string;
  json?: boolean;
}

export function register(parent: Command): void {
  parent
    .command("schedule")
    .argument("[id]", "an applied campaign whose trigger is a schedule")
    .description("launch a campaign at its trigger's times, from now on; without ID: what is scheduled")
    .option("--list", "what is scheduled: next time, latest launches, missed ones")
    .option("--pause", "leave launches out until --resume")
    .option("--resume", "go on")
    .option("--remove", "no longer")
    .option("--yes", "confirm launches that can reach real people; asked once, and kept with who said it")
    .option("--by <who>", "who confirms; the current user by default")
    .option("--json", "as JSON")
    .action((id: string | undefined, options: Options) =>
      withServices([], async ({ config, db }) => {
        if (id !== undefined && !options.list) {
          const wanted = options.remove ? "off" : options.pause ? "paused" : options.resume ? "on" : undefined;
          if (wanted) await setSchedule(db, id, wanted);
          else {
            const confirmedBy = options.by ?? userInfo().username;
            await scheduleCampaign(db, { campaign: id, reach: reachOf(config), ...(options.yes && { confirmedBy }) });
          }
        } else if (options.pause || options.resume || options.remove || options.yes) {
          throw refuse("ID", { en: "which campaign?", "zh-CN": "请写明活动" });
        }
        const all = (await listSchedules(db)).filter((schedule) => id === undefined || schedule.campaign === id);
        if (options.json)
          console.log(JSON.stringify(id === undefined ? all : (all[0] ?? { campaign: id, wanted: "off" })));
        else console.log(told(all, config.locale, options.remove ? id : undefined));
      }),
    );
}

function told(schedules: ScheduleState[], locale: "en" | "zh-CN", removed: string | undefined): string {
  if (removed !== undefined) {
    return { en: `${removed} is no longer launched by itself`, "zh-CN": `${removed} 不再自动启动` }[locale];
  }
  if (schedules.length === 0) return { en: "nothing is scheduled", "zh-CN": "没有定时的活动" }[locale];
  return schedulesText(schedules, localTime, locale);
}
