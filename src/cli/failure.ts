import { CommanderError } from "commander";
import { type Fault, InputError, ServiceError } from "../fault.ts";
import { readConfig } from "../config.ts";

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
  console.error(failure instanceof Error ? (failure.stack ?? failure.message) : String(failure));
  return 70;
}

/** "rules/campaigns/x.json /journey/0/send: … (did you mean …?)" */
export function faultLine(fault: Fault): string {
  const where = [fault.file, fault.pointer].filter(Boolean).join(" ");
  const hint = fault.hint ? ` (${fault.hint[locale()]})` : "";
  return `${fault.severity} ${where}: ${fault.message[locale()]}${hint}`;
}

function locale(): "en" | "zh-CN" {
  return readConfig(process.env).locale;
}
