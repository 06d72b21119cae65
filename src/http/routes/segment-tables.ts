import { Readable } from "node:stream";
import { z } from "zod";
import { InputError } from "../../fault.ts";
import { cellsOf, type Columns, headOf } from "../../operate/segment/columns.ts";
import { figuresOf, type PlanningRow, segmentTable, type TableOptions } from "../../operate/segment/table.ts";
import { csvOf, workbookOf } from "../../operate/table-file.ts";
import type { Locale } from "../problem.ts";
import type { LongWork } from "../long-work.ts";
import type { Parts } from "../parts.ts";
import { type AnyRoute, route } from "../route.ts";
import { flag, found, name, text, time } from "../schema.ts";

const named = z.object({ id: name });
const names = flag.meta({ description: "with customers' names; masked for sales" });
/** A workbook is made at once, in memory. */
const MOST_IN_WORKBOOK = 20_000;

const row = z.object({
  customer: z.string(),
  name: z.string().optional(),
  owner: z.string().nullable().meta({ description: "sales rep" }),
  tier: z.string().nullable(),
  tierName: text.optional(),
  basis: z.array(found.extend({ type: z.string() })).meta({ description: "the figures that tiers are made of" }),
  need: z.object({ text: z.string(), from: z.enum(["trait", "survey", "note"]), at: time.optional() }).optional(),
  care: text.optional(),
});

/** The planning table of a segment; sales get customers of theirs. */
export function segmentTableRoutes({ db, library }: Parts, long: LongWork): AnyRoute[] {
  async function open(id: string, options: TableOptions, locale: Locale) {
    const rules = await library();
    if (rules.scoringFaults.some(({ severity }) => severity === "error")) throw new InputError(rules.scoringFaults);
    const columns: Columns = {
      ...{ names: options.names, locale, exponent: rules.library.catalogue.exponent },
      figures: figuresOf(rules.library, rules.scoring),
    };
    const pages = segmentTable(db, rules.library, rules.scoring, id, options);
    // what is wrong shows with the first page, when it can still be told
    const first = await long(() => pages.next());
    return { columns, pages: following(first, pages) };
  }
  const as = { tag: "segments", roles: ["marketer", "ops", "sales"], exports: true, params: named } as const;
  return [
    route({
      ...as,
      method: "GET",
      path: "/v1/segments/{id}/table",
      summary: {
        en: "To plan with: members by tier, what puts them there, what they need, how to look after them",
        "zh-CN": "规划用表：成员按分层排列，附依据、需求与维护方式",
      },
      query: z.object({ limit: z.coerce.number().int().min(1).max(10_000).default(50), names }),
      answer: z.object({ items: z.array(row) }),
      async handle({ params, query, holder, locale }) {
        const { pages } = await open(params.id, { ...query, asker: holder }, locale);
        const items: PlanningRow[] = [];
        for await (const page of pages) items.push(...page);
        return { items };
      },
    }),
    route({
      ...as,
      method: "GET",
      path: "/v1/segments/{id}/table.csv",
      summary: {
        en: "The same of all members as a CSV file, in the asker's language",
        "zh-CN": "同上，全部成员，CSV 文件，使用请求者的语言",
      },
      query: z.object({ names }),
      type: "text/csv; charset=utf-8",
      async handle({ params, query, holder, locale, reply }) {
        const { columns, pages } = await open(params.id, { ...query, limit: ALL, asker: holder }, locale);
        reply.header("content-disposition", `attachment; filename="${fileName(params.id)}.csv"`);
        return Readable.from(csvOf(headOf(columns), cells(pages, columns)));
      },
    }),
    route({
      ...as,
      method: "GET",
      path: "/v1/segments/{id}/table.xlsx",
      summary: {
        en: "The same as a workbook, of up to 20,000 members",
        "zh-CN": "同上，Excel 工作簿，至多 20,000 名成员",
      },
      query: z.object({ names }),
      type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
      async handle({ params, query, holder, locale, reply }) {
        const { columns, pages } = await open(params.id, { ...query, limit: ALL, asker: holder }, locale);
        const { book } = await workbookOf(headOf(columns), cells(pages, columns), MOST_IN_WORKBOOK, params.id);
        reply.header("content-disposition", `attachment; filename="${fileName(params.id)}.xlsx"`);
        return book.toBuffer();
      },
    }),
  ];
}

const ALL = Number.MAX_SAFE_INTEGER;

async function* following<T>(first: IteratorResult<T>, rest: AsyncIterable<T>): AsyncGenerator<T> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}

async function* cells(pages: AsyncIterable<PlanningRow[]>, columns: Columns) {
  for await (const page of pages) yield page.map((each) => cellsOf(each, columns));
}

function fileName(segment: string): string {
  return segment.replace(/[^\w-]/g, "_");
}
