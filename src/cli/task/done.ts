import type { Command } from "commander";
import type { Text } from "../../campaign/program.ts";
import { openWaker } from "../../delivery/lane.ts";
import { type Fault, InputError } from "../../fault.ts";
import { taskDone, type TaskDone, type TaskReport } from "../../operate/task.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("done")
    .description("records what came of a task; the customer's journey goes on with it")
    .argument("<ids...>", "as in task list; several at once when the same came of them")
    .option("--outcome <outcome>", "one of the outcomes that the task lists; calls need one")
    .option("--note <note>", "for whoever reads the task later")
    .option("--by <name>", "who did it")
    .option("--json", "as JSON")
    .action(async (ids: string[], { json, ...report }: TaskReport & { json?: boolean }) =>
      withServices(["redis"], async ({ config, db }) => {
        const done: TaskDone[] = [];
        const faults: Fault[] = [];
        for (const id of ids) {
          try {
            done.push(await taskDone(db, id, report));
          } catch (error) {
            if (!(error instanceof InputError)) throw error;
            faults.push(...error.faults);
          }
        }
        const waker = openWaker({ redisUrl: config.redisUrl!, prefix: config.schema });
        waker.wake("dispatch");
        await waker.close();
        if (json) console.log(JSON.stringify(ids.length === 1 ? done[0] : done, null, 2));
        else for (const line of done.flatMap(linesOf)) console.log(line[config.locale]);
        if (faults.length > 0) throw new InputError(faults);
      }),
    );
}

function linesOf(done: TaskDone): Text[] {
  if (done.status === "open") {
    return [
      {
        en: `${done.id}: to be tried again, ${done.attemptsLeft} left`,
        "zh-CN": `${done.id}：待再次尝试，剩余 ${done.attemptsLeft} 次`,
      },
    ];
  }
  const lines = [
    done.late
      ? { en: `${done.id}: done, after it was due`, "zh-CN": `${done.id}：已完成（逾期）` }
      : { en: `${done.id}: done`, "zh-CN": `${done.id}：已完成` },
  ];
  if (done.movedDays > 0) {
    lines.push({ en: `later phases begin ${done.movedDays} days later`, "zh-CN": `后续阶段顺延 ${done.movedDays} 天` });
  }
  if (done.released > 0) {
    lines.push({
      en: `${done.released} customers go on when their phase begins`,
      "zh-CN": `${done.released} 位客户将在阶段开始时继续`,
    });
  }
  return lines;
}
