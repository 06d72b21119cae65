import type { Command } from "commander";
import type { Text } from "../../campaign/program.ts";
import { openWaker } from "../../delivery/lane.ts";
import { type Fault, InputError } from "../../fault.ts";
import { taskDone, type TaskDone, type TaskReport } from "../../operate/task/task.ts";
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
        const results = await eachOf(ids, (id) => taskDone(db, id, report));
        const done = results.filter((result) => !(result instanceof InputError)) as TaskDone[];
        const faults = results.flatMap((result): Fault[] => (result instanceof InputError ? result.faults : []));
        const waker = openWaker({ redisUrl: config.redisUrl!, prefix: config.schema });
        waker.wake("dispatch");
        // solving a complaint may have let messages go
        waker.wake("deliver");
        await waker.close();
        if (json) console.log(JSON.stringify(ids.length === 1 ? done[0] : done, null, 2));
        else for (const line of done.flatMap(linesOf)) console.log(line[config.locale]);
        if (faults.length > 0) throw new InputError(faults);
      }),
    );
}

const AT_ONCE = 8;

/** In the order of the ids; what is wrong with one does not keep the others from being done. */
async function eachOf(ids: string[], work: (id: string) => Promise<TaskDone>): Promise<(TaskDone | InputError)[]> {
  const results: (TaskDone | InputError)[] = [];
  let next = 0;
  const lane = async () => {
    for (let i = next++; i < ids.length; i = next++) {
      results[i] = await work(ids[i]!).catch((error: unknown) => {
        if (error instanceof InputError) return error;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return results;
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
