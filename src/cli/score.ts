import type { Command } from "commander";
import { withServices } from "./services.ts";

interface Options {
  asOf?: string;
  customer?: string;
  json?: boolean;
}

export function register(parent: Command): void {
  parent
    .command("score")
    .description("work out everybody's RFM, churn risk, expected value, tier, stage and lead score")
    .option("--as-of <time>", "as things were then; a day means its end; nothing is stored")
    .option("--customer <customer>", "explain one customer's scores instead")
    .option("--json", "print it as JSON")
    .action(({ asOf, customer, json }: Options) =>
      withServices([], async ({ config, db }) => {
        const { InputError } = await import("../fault.ts");
        const { readLibrary } = await import("../operate/rules/library.ts");
        const { readScoring } = await import("../operate/score/scoring.ts");
        const { locale } = config;
        const { library } = await readLibrary(config.rules);
        const { scoring, faults } = await readScoring(config.rules, library);
        if (faults.some(({ severity }) => severity === "error")) throw new InputError(faults);
        if (customer !== undefined) {
          const { explainScores } = await import("../operate/score/explain.ts");
          const { explanationText } = await import("./score/explanation-text.ts");
          const explained = await explainScores(db, library, scoring, customer);
          console.log(json ? JSON.stringify(explained, null, 2) : explanationText(explained, locale, library));
          return;
        }
        const { parseAsOf } = await import("../operate/as-of.ts");
        const { scoreBase } = await import("../operate/score/score.ts");
        const { reportText, stepText } = await import("./score/report-text.ts");
        const began = performance.now();
        const report = await scoreBase(db, {
          home: library.home,
          scoring,
          ...(asOf !== undefined && { asOf: parseAsOf(asOf, library.home.timezone) }),
          onStep: (step) => console.error(stepText(step, (performance.now() - began) / 1000, locale)),
        });
        console.log(json ? JSON.stringify(report, null, 2) : reportText(report, scoring, locale, library));
      }),
    );
}
