import type { Command } from "commander";
import { InputError } from "../fault.ts";
import { parseAsOf } from "../operate/as-of.ts";
import { readLibrary } from "../operate/library.ts";
import { explainScores } from "../operate/score-explain.ts";
import { scoreBase } from "../operate/score.ts";
import { readScoring } from "../operate/scoring.ts";
import { explanationText } from "./score/explanation-text.ts";
import { reportText, stepText } from "./score/report-text.ts";
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
        const { locale } = config;
        const { library } = await readLibrary(config.rules);
        const { scoring, faults } = await readScoring(config.rules, library);
        if (faults.some(({ severity }) => severity === "error")) throw new InputError(faults);
        if (customer !== undefined) {
          const explained = await explainScores(db, library, scoring, customer);
          console.log(json ? JSON.stringify(explained, null, 2) : explanationText(explained, locale, library));
          return;
        }
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
