import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ServiceError } from "../../fault.ts";

/** First of these programs on PATH. */
export function onPath(...names: string[]): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The programs that we bring are built for glibc; elsewhere it is better to say so than to fail obscurely. */
export function refuseMusl(service: string, variable: string): void {
  if (!usesMusl()) return;
  throw new ServiceError(service, "the embedded one needs glibc, and this system has musl (Alpine?)", {
    en: `start ${service} yourself and set ${variable}, or use a Debian-like system`,
    "zh-CN": `请自行启动 ${service} 并设置 ${variable}，或改用 Debian 类系统`,
  });
}

function usesMusl(): boolean {
  if (process.platform !== "linux") return false;
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork?: boolean };
  report.excludeNetwork = true;
  const { header } = report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined;
}
