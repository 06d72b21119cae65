import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import type { Text } from "../campaign/program.ts";
import { refuse } from "../fault.ts";

/** At a terminal asked for without showing it; else the first line of standard input. Never an argument: others see those. */
export async function readPassword(prompt: string): Promise<string> {
  const terminal = process.stdin.isTTY === true;
  if (terminal) process.stderr.write(prompt);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal });
  try {
    for await (const line of lines) return line;
  } finally {
    lines.close();
    if (terminal) process.stderr.write("\n");
  }
  const missing: Text = { en: "a password is wanted on standard input", "zh-CN": "请从标准输入提供密码" };
  throw refuse("/password", missing, { en: "or --generate one", "zh-CN": "或使用 --generate 生成" });
}

export function generatePassword(): string {
  return randomBytes(18).toString("base64url");
}
