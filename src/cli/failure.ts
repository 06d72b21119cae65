import { CommanderError } from "commander";
import type { Text } from "../campaign/program.ts";
import { type Fault, InputError, ServiceError } from "../fault.ts";
import { localeOf } from "../locale.ts";
import { isUnreachable } from "../store/unreachable.ts";

/** Prints what went wrong for a person to act on; returns the exit code of design section 10. */
export function reportFailure(failure: unknown): number {
  if (failure instanceof CommanderError) return failure.exitCode === 0 ? 0 : 2;
  if (failure instanceof InputError) {
    for (const fault of failure.faults) console.error(faultLine(fault));
    return 1;
  }
  if (failure instanceof ServiceError) {
    console.error(`${failure.service}: ${failure.message}\n  ${failure.hint[locale()]}`);
    return 3;
  }
  if (isUnreachable(failure)) {
    console.error(`Postgres: ${(failure as Error).message}\n  ${DATABASE_AWAY[locale()]}`);
    return 3;
  }
  console.error(failure instanceof Error ? (failure.stack ?? failure.message) : String(failure));
  return 70;
}

const DATABASE_AWAY: Text = {
  en: "the connection was lost or refused; try again, and if it stays so look at the server (rekindle doctor)",
  "zh-CN": "连接中断或被拒绝；请重试，若仍如此请检查数据库（rekindle doctor）",
};

/** "rules/campaigns/x.json /journey/0/send: … (did you mean …?)" */
export function faultLine(fault: Fault): string {
  const where = [fault.file, fault.pointer].filter(Boolean).join(" ");
  const hint = fault.hint ? ` (${fault.hint[locale()]})` : "";
  return `${fault.severity} ${where}: ${fault.message[locale()]}${hint}`;
}

function locale(): "en" | "zh-CN" {
  return localeOf(process.env);
}
