import { type Command, InvalidArgumentError } from "commander";
import { type AuditRow, listActs } from "../../store/audit-log.ts";
import { listTable, shortTime } from "../list-table.ts";
import { withServices } from "../services.ts";

interface Options {
  who?: string;
  action?: string;
  since?: Date;
  limit: number;
  json?: boolean;
}

const HEAD = [
  { en: "nr", "zh-CN": "编号" },
  { en: "when", "zh-CN": "时间" },
  { en: "who", "zh-CN": "操作者" },
  { en: "what", "zh-CN": "操作" },
  { en: "to what", "zh-CN": "对象" },
  { en: "outcome", "zh-CN": "结果" },
];

const OUTCOMES = {
  done: { en: "done", "zh-CN": "完成" },
  refused: { en: "refused", "zh-CN": "被拒绝" },
  failed: { en: "failed", "zh-CN": "失败" },
  denied: { en: "not allowed", "zh-CN": "无权限" },
  open: { en: "under way, or cut off", "zh-CN": "进行中或被中断" },
};

export function register(parent: Command): void {
  parent
    .command("list")
    .description("who changed what, or took data out, newest first")
    .option("--who <name>", "of one key, user or somebody at this machine")
    .option("--action <action>", 'such as "campaign apply" or "PUT /v1/campaigns/{id}"')
    .option("--since <time>", "ISO 8601", time)
    .option("--limit <n>", "how many", count, 50)
    .option("--json", "as JSON")
    .action(({ json, ...asked }: Options) =>
      withServices([], async ({ config: { locale }, db }) => {
        const acts = await listActs(db, asked);
        if (json) return console.log(JSON.stringify(acts, null, 2));
        const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
        const cells = (act: AuditRow) => [
          act.nr,
          shortTime(act.wall, zone, locale),
          act.role ? `${act.who} (${act.role})` : act.who,
          act.action,
          Object.entries(act.target)
            .map(([key, value]) => `${key}=${String(value)}`)
            .join(" "),
          OUTCOMES[act.outcome ?? "open"][locale],
        ];
        console.log(listTable(HEAD, acts.map(cells), locale));
      }),
    );
}

function time(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new InvalidArgumentError("a time is wanted, as 2026-04-01T10:00:00+08:00");
  return at;
}

function count(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError("a number from 1 is wanted");
  return Number(text);
}
