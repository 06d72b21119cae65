import type { Command } from "commander";
import type { Config } from "../../config.ts";
import { parseAsOf } from "../../operate/as-of.ts";
import { readLibrary } from "../../operate/rules/library.ts";
import { lookAtAll, type SegmentDiff, segmentDiff } from "../../operate/segment/diff.ts";
import type { Moved } from "../../store/membership.ts";
import { withServices } from "../services.ts";

/** More are counted, and printed with --json. */
const SHOWN = 50;
const MOST = 1_000_000;

export function register(parent: Command): void {
  parent
    .command("diff")
    .description(
      "who came into a segment and who left it since it was last looked at; without a segment, counts for all",
    )
    .argument("[segment]", "id of the segment")
    .option("--since <time>", "since then; a day means its end")
    .option("--json", "print it as JSON")
    .action(async (id: string | undefined, options: { since?: string; json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const { library } = await readLibrary(config.rules);
        if (id === undefined) {
          const looks = await lookAtAll(db, library);
          const lines = looks.map(
            ({ segment, members, entered, left }) => `${segment}: ${members} (+${entered} −${left})`,
          );
          console.log(options.json ? JSON.stringify(looks, null, 2) : lines.join("\n"));
          return;
        }
        const since = options.since === undefined ? {} : { since: parseAsOf(options.since, library.home.timezone) };
        const diff = await segmentDiff(db, library, id, { ...since, limit: MOST });
        console.log(options.json ? JSON.stringify(diff, null, 2) : text(diff, config.locale));
      }),
    );
}

function text({ from, members, entered, left }: SegmentDiff, locale: Config["locale"]): string {
  const zh = locale === "zh-CN";
  if (!from) return zh ? `首次查看：${members} 位成员` : `first look: ${members} members`;
  const head = zh
    ? `自 ${from.toISOString()} 起：进入 ${entered.length} 位，离开 ${left.length} 位，现有 ${members} 位`
    : `since ${from.toISOString()}: ${entered.length} came, ${left.length} left, ${members} are in it`;
  return [head, ...listed("+", entered, zh), ...listed("−", left, zh)].join("\n");
}

function listed(sign: string, moved: Moved[], zh: boolean): string[] {
  const lines = moved.slice(0, SHOWN).map(({ customer }) => `${sign} ${customer}`);
  const rest = moved.length - lines.length;
  return rest > 0 ? [...lines, zh ? `${sign} 另有 ${rest} 位` : `${sign} and ${rest} more`] : lines;
}
