import type { Command } from "commander";

interface Entry {
  /** `rekindle campaign run` is ["campaign", "run"] */
  words: [string] | [string, string];
  group?: string;
  load: () => Promise<{ register: (parent: Command) => void }>;
}

/** Every command and its file. A file's `register` adds exactly the command named by the last word. */
export const commands: Entry[] = [
  { words: ["up"], load: () => import("./up.ts") },
  { words: ["demo"], load: () => import("./demo.ts") },
  { words: ["serve"], load: () => import("./serve.ts") },
  { words: ["worker"], load: () => import("./worker.ts") },
  { words: ["deliver"], load: () => import("./deliver.ts") },
  { words: ["migrate"], load: () => import("./migrate.ts") },
  { words: ["doctor"], load: () => import("./doctor.ts") },
  { words: ["new"], load: () => import("./new.ts") },
  { words: ["validate"], load: () => import("./validate.ts") },
  { words: ["import"], load: () => import("./import.ts") },
  { words: ["data"], load: () => import("./data.ts") },
  { words: ["score"], load: () => import("./score.ts") },
  { words: ["rules", "vars"], group: "what rules may say", load: () => import("./rules/vars.ts") },
  { words: ["rules", "schema"], group: "what rules may say", load: () => import("./rules/schema.ts") },
  { words: ["segment", "list"], group: "who is in which segment", load: () => import("./segment/list.ts") },
  { words: ["segment", "count"], group: "who is in which segment", load: () => import("./segment/count.ts") },
  { words: ["segment", "members"], group: "who is in which segment", load: () => import("./segment/members.ts") },
  { words: ["segment", "diff"], group: "who is in which segment", load: () => import("./segment/diff.ts") },
  { words: ["segment", "explain"], group: "who is in which segment", load: () => import("./segment/explain.ts") },
  { words: ["segment", "table"], group: "who is in which segment", load: () => import("./segment/table.ts") },
  { words: ["campaign", "plan"], group: "campaigns and their runs", load: () => import("./campaign/plan.ts") },
  { words: ["campaign", "try"], group: "campaigns and their runs", load: () => import("./campaign/try.ts") },
  { words: ["campaign", "apply"], group: "campaigns and their runs", load: () => import("./campaign/apply.ts") },
  { words: ["campaign", "run"], group: "campaigns and their runs", load: () => import("./campaign/run.ts") },
  { words: ["campaign", "status"], group: "campaigns and their runs", load: () => import("./campaign/status.ts") },
  { words: ["campaign", "schedule"], group: "campaigns and their runs", load: () => import("./campaign/schedule.ts") },
  { words: ["campaign", "pause"], group: "campaigns and their runs", load: () => import("./campaign/pause.ts") },
  { words: ["campaign", "resume"], group: "campaigns and their runs", load: () => import("./campaign/resume.ts") },
  { words: ["campaign", "drain"], group: "campaigns and their runs", load: () => import("./campaign/drain.ts") },
  { words: ["campaign", "stop"], group: "campaigns and their runs", load: () => import("./campaign/stop.ts") },
  { words: ["campaign", "report"], group: "campaigns and their runs", load: () => import("./campaign/report.ts") },
  { words: ["budget", "record"], group: "what was really spent", load: () => import("./budget/record.ts") },
  { words: ["task", "list"], group: "work for people", load: () => import("./task/list.ts") },
  { words: ["task", "done"], group: "work for people", load: () => import("./task/done.ts") },
  { words: ["complaint", "list"], group: "complaints of customers", load: () => import("./complaint/list.ts") },
  { words: ["complaint", "open"], group: "complaints of customers", load: () => import("./complaint/open.ts") },
  { words: ["complaint", "solve"], group: "complaints of customers", load: () => import("./complaint/solve.ts") },
  { words: ["message", "list"], group: "messages", load: () => import("./message/list.ts") },
  { words: ["message", "settle"], group: "messages", load: () => import("./message/settle.ts") },
  { words: ["template", "preview"], group: "templates", load: () => import("./template/preview.ts") },
  { words: ["event", "send"], group: "events", load: () => import("./event/send.ts") },
  { words: ["event", "show"], group: "events", load: () => import("./event/show.ts") },
  { words: ["customer", "merge"], group: "customers", load: () => import("./customer/merge.ts") },
  { words: ["key", "create"], group: "API keys", load: () => import("./key/create.ts") },
  { words: ["key", "list"], group: "API keys", load: () => import("./key/list.ts") },
  { words: ["key", "revoke"], group: "API keys", load: () => import("./key/revoke.ts") },
  { words: ["bench"], load: () => import("./bench.ts") },
  { words: ["demo-world", "generate"], group: "the demo's customers", load: () => import("./demo-world/generate.ts") },
  { words: ["demo-world", "begin"], group: "the demo's customers", load: () => import("./demo-world/begin.ts") },
  { words: ["demo-world", "play"], group: "the demo's customers", load: () => import("./demo-world/play.ts") },
  { words: ["demo-world", "check"], group: "the demo's customers", load: () => import("./demo-world/check.ts") },
  { words: ["demo-world", "figures"], group: "the demo's customers", load: () => import("./demo-world/figures.ts") },
];
