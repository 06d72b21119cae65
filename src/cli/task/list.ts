import type { Command } from "commander";
import type { Text } from "../../campaign/program.ts";
import type { Config } from "../../config.ts";
import { listTasks, type TaskFilter, type TaskView } from "../../operate/task/list.ts";
import { listTable, shortTime } from "../list-table.ts";
import { withServices } from "../services.ts";

const HEAD: Text[] = [
  { en: "task", "zh-CN": "任务" },
  { en: "what", "zh-CN": "内容" },
  { en: "team", "zh-CN": "团队" },
  { en: "who", "zh-CN": "负责人" },
  { en: "customer", "zh-CN": "客户" },
  { en: "due", "zh-CN": "截止" },
  { en: "status", "zh-CN": "状态" },
  { en: "outcomes", "zh-CN": "可选结果" },
];
const STATUS: Record<TaskView["status"], Text> = {
  open: { en: "open", "zh-CN": "待办" },
  overdue: { en: "overdue", "zh-CN": "已逾期" },
  done: { en: "done", "zh-CN": "已完成" },
  closed: { en: "closed", "zh-CN": "已关闭" },
};
const NOTHING: Text = { en: "nothing to do", "zh-CN": "没有待办任务" };

export function register(parent: Command): void {
  parent
    .command("list")
    .description("calls, plan rows and other work for people, the most urgent first")
    .option("--run <run>", "only this run's")
    .option("--team <team>", "only this team's")
    .option("--all", "also what is done or closed")
    .option("--json", "as JSON")
    .action(async ({ json, ...filter }: TaskFilter & { json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const tasks = await listTasks(db, filter);
        console.log(json ? JSON.stringify(tasks, null, 2) : table(tasks, config.locale));
      }),
    );
}

function table(tasks: TaskView[], locale: Config["locale"]): string {
  if (tasks.length === 0) return NOTHING[locale];
  const rows = tasks.map((task) => [
    task.id,
    task.title,
    task.team,
    task.assignee ?? "",
    task.customerId ?? "",
    task.due ? shortTime(task.due, task.timezone, locale) : "",
    STATUS[task.status][locale] + (task.attempts > 0 ? ` (${task.attempts}/${task.maxAttempts})` : ""),
    task.outcomes.join(", "),
  ]);
  return listTable(HEAD, rows, locale);
}
