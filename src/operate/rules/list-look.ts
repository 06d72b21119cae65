import { sql } from "kysely";
import type { Library } from "../../campaign/library.ts";
import type { Program, Text } from "../../campaign/program.ts";
import { type Fault, warning } from "../../fault.ts";
import type { Database } from "../../store/database.ts";

/** How a list stands to the base. */
export interface ListLook {
  list: string;
  customers: number;
  /** of them, how many customer_ids nobody has; the first of these as they are written */
  unknown: number;
  examples: string[];
}

const EXAMPLES = 5;

/** Who on a campaign's lists is not in the base: a typo, or a customer who is not imported yet. */
export async function lookAtLists(db: Database, program: Program, lists: Library["lists"]): Promise<ListLook[]> {
  const used = (program.audience.lists ?? []).flatMap((list) =>
    (lists[list]?.customers ?? []).map((customer, place) => ({ list, customer, place })),
  );
  if (used.length === 0) return [];
  const { rows } = await sql<ListLook>`
    select l.list, count(*)::int as customers, count(*) filter (where c.id is null)::int as unknown,
           coalesce((array_agg(l.customer order by l.place) filter (where c.id is null))[1:${EXAMPLES}::int], '{}') as examples
    from unnest(${used.map((row) => row.list)}::text[], ${used.map((row) => row.customer)}::text[], ${used.map((row) => row.place)}::int[])
      as l (list, customer, place)
      left join customers c on c.customer_id = l.customer
    group by l.list order by l.list`.execute(db);
  return rows;
}

export function unknownOnList({ list, customers, unknown, examples }: ListLook): Text {
  const more = unknown > examples.length ? ", …" : "";
  return {
    en: `${unknown} of ${customers} on list "${list}" are no customer_ids that are known: ${examples.join(", ")}${more}`,
    "zh-CN": `名单 "${list}" 的 ${customers} 个编号中有 ${unknown} 个不存在：${examples.join("、")}${more}`,
  };
}

export function listFault(look: ListLook, lists: Library["lists"]): Fault[] {
  return look.unknown === 0 ? [] : [{ ...warning("", unknownOnList(look)), file: lists[look.list]!.file }];
}
