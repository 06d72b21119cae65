import { closest, distance } from "fastest-levenshtein";
import type { Text } from "./campaign/program.ts";

/** One thing that is wrong with somebody's input, said so that they can mend it. */
export interface Fault {
  severity: "error" | "warning";
  /** relative to where the reader stands; absent for API bodies */
  file?: string;
  /** JSON pointer (RFC 6901) or line ("line 17") */
  pointer: string;
  message: Text;
  /** nearest known name, or what to write instead */
  hint?: Text;
}

/** Exit code 1: the input is wrong. Nothing was stored. */
export class InputError extends Error {
  readonly faults: Fault[];
  /** what was asked for is not there, rather than wrong */
  readonly missing: boolean;
  constructor(faults: Fault[], missing = false) {
    super(faults.map((fault) => `${fault.file ?? ""}${fault.pointer} ${fault.message.en}`).join("\n"));
    this.faults = faults;
    this.missing = missing;
  }
}

/** Exit code 3: a service cannot be reached. */
export class ServiceError extends Error {
  readonly service: string;
  /** how to start it, or what to do instead */
  readonly hint: Text;
  constructor(service: string, message: string, hint: Text) {
    super(message);
    this.service = service;
    this.hint = hint;
  }
}

export function error(pointer: string, message: Text, hint?: Text): Fault {
  return { severity: "error", pointer, message, ...(hint && { hint }) };
}

export function warning(pointer: string, message: Text, hint?: Text): Fault {
  return { severity: "warning", pointer, message, ...(hint && { hint }) };
}

/** One-fault InputError, for commands whose argument is wrong. */
export function refuse(pointer: string, message: Text, hint?: Text): InputError {
  return new InputError([error(pointer, message, hint)]);
}

/** InputError for a name that nothing here has. */
export function absent(pointer: string, message: Text, hint?: Text): InputError {
  return new InputError([error(pointer, message, hint)], true);
}

/** "did you mean …" for the nearest known name, when one is near enough to be a typo. */
export function nearest(name: string, known: readonly string[]): Text | undefined {
  if (known.length === 0) return undefined;
  const best = closest(name, known);
  if (distance(name, best) > Math.max(2, Math.ceil(name.length / 2))) {
    const list = known.slice(0, 12).join(", ");
    return { en: `known: ${list}`, "zh-CN": `可用：${list}` };
  }
  return { en: `did you mean "${best}"?`, "zh-CN": `是否想写 "${best}"？` };
}

/** Escapes one segment of a JSON pointer (RFC 6901). */
export function pointer(...segments: (string | number)[]): string {
  return segments.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
