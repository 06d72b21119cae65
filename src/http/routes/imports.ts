import type { Readable } from "node:stream";
import { z } from "zod";
import { absent } from "../../fault.ts";
import { mayImport } from "../../intake/may-post.ts";
import { parseOverrides } from "../../operate/import/headers.ts";
import { readHome } from "../../operate/import/home.ts";
import { pageOfImports } from "../../operate/import/imports.ts";
import { KIND_NAMES, type KindName } from "../../operate/import/kind/kinds.ts";
import {
  CutOffError,
  importUpload,
  NothingTakenError,
  receiveFile,
  type Received,
  TooLargeError,
} from "../../operate/import/upload.ts";
import { loadRejects } from "../../store/import-upload.ts";
import { listOf, listQuery, pageAsked, partOf } from "../cursor.ts";
import { LIMITS } from "../guard/limit.ts";
import type { LongWork } from "../long-work.ts";
import type { Parts } from "../parts.ts";
import { errorsOf, type Locale, Problem, type ProblemError } from "../problem.ts";
import { type AnyRoute, type Ask, route } from "../route.ts";
import { flag, moment, name, time, whoAsks } from "../schema.ts";

const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const TYPES = ["text/csv", "application/x-ndjson", XLSX, "application/octet-stream"] as const;
const ENDINGS: Record<string, string> = { "application/x-ndjson": ".ndjson", [XLSX]: ".xlsx" };
/** Files that are being received or imported at a time. */
const AT_ONCE = 4;

const KIND_WORDS: Record<KindName, string> = {
  customers: "客户",
  orders: "订单",
  "order-items": "订单商品行",
  events: "事件",
};

const count = z.number().int();
const query = z.object({
  file: name.optional().meta({ description: "the file's name; tells its format where its bytes do not" }),
  map: z
    .string()
    .max(4_000)
    .optional()
    .meta({ description: "FIELD=HEADER,… for columns that are not recognised by themselves" }),
  dryRun: flag.meta({ description: "does everything and keeps nothing" }),
});
const rejected = z.object({
  line: count,
  field: z.string().meta({ description: "empty: the whole line" }),
  reason: z.string(),
  hint: z.string().optional(),
});
const answer = z.object({
  id: z.string(),
  what: z.enum(KIND_NAMES),
  file: z.string(),
  dryRun: z.boolean(),
  ...{ lines: count, accepted: count, rejected: count },
  future: count.meta({ description: "times later than a day from now" }),
  ...{ created: count, updated: count, duplicates: count, newCustomers: count },
  kept: count.meta({ description: "left as they are, since they came by an event" }),
  facts: z.looseObject({ format: z.string() }).meta({ description: "what the file and its columns were taken for" }),
  rejects: z.object({
    first: z.array(rejected).meta({ description: "the first hundred lines that were left out" }),
    all: z.string().nullable().meta({ description: "where they can be had as CSV, for a month; null: none were" }),
    whole: z.boolean().meta({ description: "false: there are more than are kept" }),
  }),
});

/** Files as `rekindle import` takes them: all of their acceptable lines, or nothing. */
export function importRoutes({ db, config }: Parts, long: LongWork): AnyRoute[] {
  let under = 0;

  async function take(what: KindName, ask: Ask<unknown, z.output<typeof query>, unknown>) {
    const denied = mayImport(ask.holder, what);
    if (denied) throw new Problem(403, "event-type", denied.message, errorsOf([denied], ask.locale));
    if (under >= AT_ONCE) throw busy();
    under += 1;
    let file: Received | undefined;
    try {
      file = await receive(ask.request.body as Readable | undefined, nameOf(ask), ask.reply);
      const received = file;
      const found = await long(async () =>
        importUpload(db, { url: config.databaseUrl!, schema: config.schema }, await readHome(config.rules), received, {
          ...{ what, name: nameOf(ask), dryRun: ask.query.dryRun, locale: ask.locale, by: whoAsks(ask.holder) },
          overrides: parseOverrides(ask.query.map === undefined ? [] : [ask.query.map]),
        }),
      );
      const { rejects, ...summary } = found;
      ask.note({ dryRun: found.dryRun, accepted: found.accepted, rejected: found.rejected });
      const first = rejects.first.map(({ line, field, trouble }) => ({
        ...{ line, field, reason: trouble.reason[ask.locale] },
        ...(trouble.hint && { hint: trouble.hint[ask.locale] }),
      }));
      const all = rejects.kept === "none" ? null : rejectsOf(found.id);
      return { ...summary, rejects: { first, all, whole: rejects.kept !== "some" } };
    } catch (failure) {
      throw failure instanceof NothingTakenError ? nothingTaken(failure, ask.locale) : failure;
    } finally {
      under -= 1;
      await file?.remove();
    }
  }

  return [
    ...KIND_NAMES.map((what) =>
      route({
        method: "POST",
        path: `/v1/imports/${what}`,
        tag: "imports",
        summary: {
          en: `Takes in ${what} from a CSV, NDJSON or XLSX file: all lines that can be taken, or nothing`,
          "zh-CN": `从 CSV、NDJSON 或 XLSX 文件导入${KIND_WORDS[what]}：可接受的行全部导入，或一行也不导入`,
        },
        roles: ["ops", "backend"],
        // importing the same file again does no harm
        once: false,
        query,
        file: TYPES,
        answer,
        handle: (ask) => take(what, ask),
      }),
    ),
    route({
      method: "GET",
      path: "/v1/imports",
      tag: "imports",
      summary: { en: "What was imported, the latest first", "zh-CN": "导入记录，最近的在前" },
      roles: ["marketer", "ops", "backend"],
      query: listQuery,
      answer: listOf(z.object({ what: z.string(), file: z.string(), accepted: count, rejected: count, at: time })),
      handle: async ({ query }) =>
        partOf(await pageOfImports(db, pageAsked(query, z.object({ at: moment, id: count })))),
    }),
    route({
      method: "GET",
      path: "/v1/imports/{id}/rejects",
      tag: "imports",
      summary: {
        en: "Lines of an import over HTTP that were left out, and why, as CSV",
        "zh-CN": "经 HTTP 导入时被略去的行及原因（CSV）",
      },
      roles: ["ops", "backend"],
      exports: true,
      params: z.object({ id: name }),
      type: "text/csv; charset=utf-8",
      async handle({ params, reply }) {
        const rejects = await loadRejects(db, params.id);
        if (rejects === undefined || rejects === null) {
          throw absent(params.id, { en: "nothing is kept of this import", "zh-CN": "该导入没有保留的记录" });
        }
        reply.header("content-disposition", 'attachment; filename="rejects.csv"');
        return rejects;
      },
    }),
  ];
}

function nameOf({ query: { file }, request }: Pick<Ask<unknown, z.output<typeof query>>, "query" | "request">): string {
  const type = (request.headers["content-type"] ?? "").split(";")[0]!.trim().toLowerCase();
  return file ?? `upload${ENDINGS[type] ?? ".csv"}`;
}

function rejectsOf(id: string): string {
  return `/v1/imports/${id}/rejects`;
}

async function receive(body: Readable | undefined | null, file: string, reply: Ask["reply"]): Promise<Received> {
  if (!body) throw new Problem(400, "empty", { en: "the body is empty", "zh-CN": "请求体为空" });
  try {
    return await receiveFile(body, file, LIMITS.fileBytes);
  } catch (failure) {
    // what is still to come is dropped, and the connection with it
    reply.header("connection", "close");
    reply.request.raw.resume();
    if (failure instanceof CutOffError) {
      throw new Problem(400, "cut-off", { en: "the file ended early", "zh-CN": "文件未传完" });
    }
    if (!(failure instanceof TooLargeError)) throw failure;
    const most = LIMITS.fileBytes / 1024 / 1024;
    throw new Problem(413, "too-large", {
      en: `a file may have ${most} MB; send it in parts, or use rekindle import`,
      "zh-CN": `单个文件不超过 ${most} MB，请拆分后发送，或使用 rekindle import`,
    });
  }
}

function nothingTaken({ faults, upload, first }: NothingTakenError, locale: Locale): Problem {
  const where = { en: `all: ${rejectsOf(upload)}`, "zh-CN": `全部：${rejectsOf(upload)}` };
  const said = faults[0]!.message;
  const errors = first.map(({ line, field, trouble }): ProblemError => ({
    pointer: field === "" ? `line ${line}` : `line ${line} ${field}`,
    detail: trouble.reason[locale],
    ...(trouble.hint && { hint: trouble.hint[locale] }),
  }));
  const detail = { en: `${said.en}; ${where.en}`, "zh-CN": `${said["zh-CN"]}；${where["zh-CN"]}` };
  return new Problem(422, "nothing-taken", detail, errors);
}

function busy(): Problem {
  return new Problem(503, "busy", {
    en: "other files are being imported; try again",
    "zh-CN": "正在导入其他文件，请稍后重试",
  });
}
