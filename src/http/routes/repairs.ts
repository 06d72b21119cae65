import { z } from "zod";
import { InputError } from "../../fault.ts";
import { migrateRun } from "../../operate/run/migrate.ts";
import { recoverRun, unfinishedRuns } from "../../operate/run/recover.ts";
import { findRun } from "../../report/find-run.ts";
import { migrated, recovered } from "../answer/run.ts";
import type { LongWork } from "../long-work.ts";
import type { Parts } from "../parts.ts";
import { type AnyRoute, route } from "../route.ts";
import { ofRun } from "./runs.ts";

/** What ends workflows and starts them anew: the only routes that need Temporal itself. */
export function repairRoutes({ db, config, temporal }: Parts, long: LongWork): AnyRoute[] {
  const { schema } = config;
  return [
    route({
      method: "POST",
      path: "/v1/runs/{run}/migrate",
      tag: "runs",
      summary: {
        en: "Takes those under way over to an edited campaign, each at the place where they stand",
        "zh-CN": "把进行中的成员原地迁移到修改后的活动",
      },
      roles: ["ops"],
      params: ofRun,
      body: z.strictObject({
        to: z
          .string()
          .max(64)
          .default("latest")
          .meta({ description: 'program of the same campaign (its hash, or the beginning of it), or "latest"' }),
        renames: z
          .record(z.string().max(64), z.string().max(64))
          .default({})
          .meta({ description: "old step -> what it is called in the new program" }),
        preview: z
          .boolean()
          .default(false)
          .meta({ description: "only say who stands where, and where that is in the new program" }),
      }),
      answer: migrated,
      async handle({ params, body: { to, renames, preview } }) {
        const run = await findRun(db, params.run);
        const options = { run, to, renames: new Map(Object.entries(renames)), preview };
        return inBody(() =>
          long(() =>
            preview
              ? migrateRun(db, undefined, schema, options)
              : temporal.use((opened) => migrateRun(db, opened, schema, options)),
          ),
        );
      },
    }),
    route({
      method: "POST",
      path: "/v1/runs/{run}/recover",
      tag: "runs",
      summary: {
        en: "Starts again what Temporal has lost of a run: everybody goes on where they stood",
        "zh-CN": "重新启动 Temporal 丢失的部分：每人从原处继续",
      },
      roles: ["ops"],
      params: ofRun,
      answer: recovered,
      async handle({ params }) {
        const run = await findRun(db, params.run);
        return long(() => temporal.use((opened) => recoverRun(db, opened, schema, run)));
      },
    }),
    route({
      method: "POST",
      path: "/v1/runs/recover",
      tag: "runs",
      summary: { en: "The same for every unfinished run", "zh-CN": "对所有未结束的运行做同样处理" },
      roles: ["ops"],
      answer: z.object({ items: z.array(recovered) }),
      handle: () =>
        long(() =>
          temporal.use(async (opened) => {
            const items = [];
            for (const run of await unfinishedRuns(db)) items.push(await recoverRun(db, opened, schema, run));
            return { items };
          }),
        ),
    }),
  ];
}

/** Faults that a command line names by its options are the body's. */
async function inBody<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (failure) {
    if (!(failure instanceof InputError)) throw failure;
    const faults = failure.faults.map((fault) => {
      const old = /^--map ([^=]*)=/.exec(fault.pointer)?.[1];
      return old === undefined ? fault : { ...fault, pointer: `/renames/${old}` };
    });
    throw new InputError(faults, failure.missing);
  }
}
