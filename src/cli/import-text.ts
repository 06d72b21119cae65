import type { ImportSummary, Progress } from "../operate/import/import.ts";
import type { FileFacts } from "../operate/import/reading.ts";

import type { Text } from "../campaign/program.ts";

type Locale = "en" | "zh-CN";

const DELIMITERS: Record<string, Text> = {
  "\t": { en: "tabs", "zh-CN": "制表符分隔" },
  ";": { en: "semicolons", "zh-CN": "分号分隔" },
  ",": { en: "commas", "zh-CN": "逗号分隔" },
};

/** What the file was taken to be, column by column. */
export function factsText(facts: FileFacts, locale: Locale): string {
  const zh = locale === "zh-CN";
  const delimiter = facts.delimiter && (DELIMITERS[facts.delimiter]?.[locale] ?? `"${facts.delimiter}"`);
  const parts = [
    facts.format.toUpperCase(),
    facts.encoding,
    delimiter,
    facts.sheet && (zh ? `工作表“${facts.sheet}”` : `sheet "${facts.sheet}"`),
  ];
  const columns = facts.columns
    .filter(({ header }) => header.trim() !== "")
    .map(({ header, field, undeclared }) => {
      const note = zh
        ? "（未在 rules/traits.json 声明，规则中不能使用）"
        : " (not declared in rules/traits.json: rules cannot use it)";
      return `  ${header} → ${field ?? (zh ? "（忽略）" : "(left out)")}${undeclared ? note : ""}`;
    });
  return [parts.filter(Boolean).join(zh ? "，" : ", "), ...columns].join("\n");
}

/** The last line first says what happened; the others what should be known about it. */
export function summaryText(summary: ImportSummary, locale: Locale): string {
  const number = (value: number) => value.toLocaleString("en");
  const zh = locale === "zh-CN";
  // count, English of one and of several, Chinese
  const says: [number | undefined, string, string, string][] = [
    [
      summary.duplicates,
      "line repeated the id of an earlier line; the last one counts",
      "lines repeated the id of an earlier line; the last one counts",
      "行与前面的编号重复，以最后一行为准",
    ],
    [
      summary.newCustomers,
      "customer was created who was not known before",
      "customers were created who were not known before",
      "位此前未知的客户已创建",
    ],
    [
      summary.kept,
      "was known already and stays as it is",
      "were known already and stay as they are",
      "条此前已有记录，保持不变",
    ],
    [
      summary.future,
      "line lies in the future: is the time right?",
      "lines lie in the future: is the time right?",
      "行的时间在未来，请核对",
    ],
    [
      summary.refusalsKept,
      "customer has refused messages themselves; their refusal stands",
      "customers have refused messages themselves; their refusal stands",
      "位客户曾自行退订，退订继续有效",
    ],
    [
      summary.withoutConsent,
      "customer of this file has given no consent and will not be written to",
      "customers of this file have given no consent and will not be written to",
      "位客户没有营销许可，不会向其发送消息",
    ],
  ];
  const head = zh
    ? `${summary.dryRun ? "试导入（未保存）：" : "已导入："}${number(summary.accepted)} 行（新增 ${number(summary.created)}，更新 ${number(summary.updated)}），拒绝 ${number(summary.rejected)} 行，用时 ${summary.seconds.toFixed(1)} 秒`
    : `${summary.dryRun ? "would import" : "imported"} ${number(summary.accepted)} lines (${number(summary.created)} new, ${number(summary.updated)} updated), rejected ${number(summary.rejected)}, in ${summary.seconds.toFixed(1)} s${summary.dryRun ? "; nothing was stored" : ""}`;
  const notes = says
    .filter(([count]) => count)
    .map(([count, one, several, chinese]) => `  ${number(count!)} ${zh ? chinese : count === 1 ? one : several}`);
  if (summary.rejects)
    notes.push(zh ? `  被拒的行及原因：${summary.rejects}` : `  rejected lines and why: ${summary.rejects}`);
  return [head, ...notes].join("\n");
}

const PLAIN_EVERY = 5_000;
const TERMINAL_EVERY = 200;

/** Progress on standard error: one line that is rewritten on a terminal, a line now and then elsewhere. */
export function progressOf(locale: Locale, factsOf: (facts: FileFacts) => string): Progress & { end(): void } {
  const terminal = process.stderr.isTTY;
  const started = Date.now();
  let shown = started;
  let open = false;
  const show = (line: string) => {
    process.stderr.write(terminal ? `\r\u001B[K${line}` : `${line}\n`);
    open = terminal;
  };
  return {
    facts: (facts) => console.error(factsOf(facts)),
    reading(counted, share) {
      const now = Date.now();
      if (now - shown < (terminal ? TERMINAL_EVERY : PLAIN_EVERY)) return;
      shown = now;
      const [lines, rejected] = [counted.lines.toLocaleString("en"), counted.rejected.toLocaleString("en")];
      const percent = Math.floor(share * 100);
      show(
        locale === "zh-CN"
          ? `已读取 ${lines} 行（${percent}%），拒绝 ${rejected} 行`
          : `read ${lines} lines (${percent} %), rejected ${rejected}`,
      );
    },
    storing() {
      if (terminal || Date.now() - started > PLAIN_EVERY) show(locale === "zh-CN" ? "正在保存 …" : "storing …");
    },
    end() {
      if (open) process.stderr.write("\r\u001B[K");
    },
  };
}
