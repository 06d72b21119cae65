/** Fields of every line that a person at a terminal does not need. */
const SILENT = new Set(["level", "time", "process", "pid", "msg"]);

/** A line of the log for a person: "serve: what was said field=value". */
export function plainLine(line: string): string {
  const entry = JSON.parse(line) as Record<string, unknown>;
  const fields = Object.entries(entry)
    .filter(([name]) => !SILENT.has(name))
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  const level = entry.level === "info" ? [] : [`${String(entry.level)}:`];
  return `${[`${String(entry.process)}:`, ...level, entry.msg, ...fields].filter(Boolean).join(" ")}\n`;
}
