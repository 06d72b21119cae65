import type { Command } from "commander";

export function register(parent: Command): void {
  parent
    .command("validate")
    .argument("[paths...]", "files or folders; all of rules/ when left out")
    .description("check what marketers wrote: every fault at once, with file, place and what to write instead")
    .option("--json", "print the faults as JSON")
    .action(async (paths: string[], { json }: { json?: boolean }) => {
      const { readConfig } = await import("../config.ts");
      const { validate } = await import("../operate/campaign/validate.ts");
      const { faultLine } = await import("./failure.ts");
      const { rules, locale } = readConfig(process.env);
      const { files, faults } = await validate(rules, paths);
      const errors = faults.filter((fault) => fault.severity === "error").length;
      if (json) console.log(JSON.stringify({ files, errors, warnings: faults.length - errors, faults }, undefined, 2));
      else {
        for (const fault of faults) console.log(faultLine(fault));
        console.log(summary(files, errors, faults.length - errors)[locale]);
      }
      if (errors > 0) process.exitCode = 1;
    });
}

function summary(files: number, errors: number, warnings: number) {
  return {
    en: `${files} file(s) checked: ${errors} error(s), ${warnings} warning(s)`,
    "zh-CN": `已检查 ${files} 个文件：${errors} 个错误，${warnings} 个警告`,
  };
}
