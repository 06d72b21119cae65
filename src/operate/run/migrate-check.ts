import { sql } from "kysely";
import { renamed, type Renames } from "../../campaign/migrate.ts";
import type { Program } from "../../campaign/program.ts";
import { error, InputError, nearest, refuse } from "../../fault.ts";
import { findApplied } from "../../store/campaign.ts";
import type { Tx } from "../../store/database.ts";
import { loadDocument } from "../../store/document.ts";
import type { Run } from "../../store/run.ts";
import { notApproved } from "../campaign/approve.ts";

/** What other steps, rules and pages know by its step's id: it cannot be called anything else under way. */
const KEPT = new Set([
  "challengeOpen",
  "challengeClose",
  "survey",
  "rsvp",
  "coupon",
  "gift",
  "points",
  "webhook",
  "set",
]);

/** "old=new" of the command line. @throws InputError when one is not of that form, or two speak of the same step */
export function parseRenames(texts: string[]): Renames {
  const pairs = texts.flatMap((text) => text.split(",")).map((pair) => pair.split("=").map((part) => part.trim()));
  const wrong = pairs.find((pair) => pair.length !== 2 || pair.includes(""));
  if (wrong) {
    throw refuse("--map", {
      en: `"${wrong.join("=")}" is not OLD=NEW`,
      "zh-CN": `"${wrong.join("=")}" 不是 旧=新 的形式`,
    });
  }
  const renames = new Map(pairs.map(([old, other]) => [old!, other!]));
  if (renames.size === pairs.length && new Set(renames.values()).size === pairs.length) return renames;
  throw refuse("--map", { en: "two of them speak of the same step", "zh-CN": "有两项涉及同一步骤" });
}

/** @returns the hash of a program of the run's campaign */
export async function findProgram(tx: Tx, run: Run, to: string): Promise<string> {
  const { rows } = await sql<{ hash: string }>`
    select hash from documents
    where kind = 'program' and body ->> 'campaign' = ${run.campaign}
      and (case when ${to} = 'latest' then hash = (select program from campaigns where id = ${run.campaign})
        else starts_with(hash, ${to}) end)
    order by hash limit 2`.execute(tx);
  if (rows.length === 1) {
    const found = rows[0]!.hash;
    const applied = await findApplied(tx, run.campaign, found);
    if (applied && !applied.approved) throw notApproved(run.campaign, applied);
    return found;
  }
  throw refuse(
    to,
    rows.length === 0
      ? { en: `no program of ${run.campaign} is called so`, "zh-CN": `${run.campaign} 没有这个程序` }
      : { en: "several programs begin so: write more of it", "zh-CN": "有多个程序以此开头，请写得更长" },
    { en: "apply the campaign, then say --to latest", "zh-CN": "请先 apply 活动，再用 --to latest" },
  );
}

/** @throws InputError when the run is in no state for it, or the programs differ in what cannot change under way */
export async function checkMigration(
  tx: Tx,
  run: Run,
  target: string,
  renames: Renames,
): Promise<{ from: Program; to: Program }> {
  if (run.status !== "running" && run.status !== "paused") {
    throw refuse(run.id, {
      en: `the run is ${run.status}; this needs a run that is running or paused`,
      "zh-CN": `该运行当前为 ${run.status}，此操作要求其正在进行或已暂停`,
    });
  }
  if (target === run.program) {
    throw refuse(run.id, { en: "the run is on this program already", "zh-CN": "该运行已在使用这个程序" });
  }
  const { rows } = await sql<{ starting: boolean }>`
    select exists (select from cohorts where run = ${run.id} and status = 'starting') as starting`.execute(tx);
  if (rows[0]!.starting) {
    throw refuse(run.id, {
      en: "some of its cohorts are still being started: try again when status shows none",
      "zh-CN": "仍有批次正在启动：待 status 显示为 0 后再试",
    });
  }
  const from = await loadDocument<Program>(tx, run.program);
  const to = await loadDocument<Program>(tx, target);
  if (!from.places || !to.places) {
    throw refuse(run.id, {
      en: "one of the programs was made by an older version that cannot tell places apart: drain the run instead",
      "zh-CN": "其中一个程序由旧版本生成，无法对应位置：请改用 drain",
    });
  }
  const faults = [...renameFaults(from, to, renames), ...phaseFaults(from, to)];
  if (faults.length > 0) throw new InputError(faults);
  return { from, to };
}

function renameFaults(from: Program, to: Program, renames: Renames) {
  const [olds, news] = [idsOf(from), idsOf(to)];
  return [...renames].flatMap(([old, other]) => {
    if (!olds.has(old)) {
      return [error(`--map ${old}=${other}`, unknown(old, "the run's program", "当前程序"), nearest(old, [...olds]))];
    }
    if (!news.has(other)) {
      return [error(`--map ${old}=${other}`, unknown(other, "the new program", "新程序"), nearest(other, [...news]))];
    }
    const kept = Object.entries(from.steps).some(
      ([name, step]) => KEPT.has(step.kind) && renamed(name, renames) !== name && step.id === old,
    );
    if (!kept) return [];
    return [
      error(`--map ${old}=${other}`, {
        en: `what members did in "${old}" is kept under that name: it cannot be renamed under way`,
        "zh-CN": `成员在 "${old}" 中的记录以该名称保存，进行中不能改名`,
      }),
    ];
  });
}

function unknown(id: string, where: string, ort: string) {
  return { en: `${where} has no step "${id}"`, "zh-CN": `${ort}没有步骤 "${id}"` };
}

function phaseFaults(from: Program, to: Program) {
  const ids = (program: Program) => program.phases.map((phase) => `${phase.id} ${phase.days} d`).join(", ");
  if (ids(from) === ids(to)) return [];
  return [
    error(
      "/phases",
      {
        en: `phases cannot change under way: members who wait for one have been told its day, and plan rows their dates (the run has ${ids(from) || "none"}, the new program ${ids(to) || "none"})`,
        "zh-CN": `进行中不能更改阶段：等待阶段的成员已有确定的日子，计划各行已有日期（该运行为 ${ids(from) || "无"}，新程序为 ${ids(to) || "无"}）`,
      },
      {
        en: "apply it with the old phases to migrate the rest; or drain this run and launch the new plan as a run of its own; a phase that shall only begin later waits for an open gate",
        "zh-CN":
          "请保留原阶段再 apply，其余改动即可迁移；或 drain 本次运行、以新计划另行启动；若只是想推迟某阶段，请让其前面的 gate 保持未完成",
      },
    ),
  ];
}

function idsOf(program: Program): Set<string> {
  return new Set(program.places!.flatMap((name) => /[a-z0-9-]+/.exec(name)?.[0] ?? []));
}

export function stuckFault(stuck: { from: string; members: number }[], to: Program): InputError {
  return new InputError(
    stuck.map(({ from, members }) => {
      const id = /[a-z0-9-]+/.exec(from)?.[0] ?? from;
      return error(
        from,
        {
          en: `${members} member(s) stand here, and the new program has no such place`,
          "zh-CN": `有 ${members} 位成员停在这里，新程序中没有对应的位置`,
        },
        nearest(id, [...idsOf(to)]) ?? {
          en: `say where they go: --map ${id}=NEW-STEP, with a step of the same kind`,
          "zh-CN": `请指明去处：--map ${id}=新步骤（须为同类步骤）`,
        },
      );
    }),
  );
}
