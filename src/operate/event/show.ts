import { sql } from "kysely";
import type { Home } from "../../campaign/library.ts";
import type { Text } from "../../campaign/program.ts";
import { absent } from "../../fault.ts";
import type { Reaction } from "../../intake/reaction.ts";
import { now } from "../../store/clock.ts";
import type { Database } from "../../store/database.ts";
import { ANONYMOUS, type EventView, findEvent } from "../../store/event.ts";
import { findCustomer } from "../../store/segment.ts";
import { type Asker, ownCustomers, seesOnlyOwn } from "../access/own.ts";
import { lookAtTriggers, type TriggerLook } from "./triggers.ts";
import { type ShownEvent, shownEvent } from "./view.ts";
import { lookAtWaits, type WaitLook } from "./waits.ts";
import { reactionWords } from "./words.ts";

type Said<T extends { says: Text }> = Omit<T, "says"> & { says: string };

/** An event with everything that somebody needs who asks what became of it. */
export interface LookedEvent extends ShownEvent {
  /** what it did, in sentences */
  says: string[];
  /** `id`: who it is about now; null while nobody is known by that name */
  customer: { id: string | null; created: boolean };
  segments: { entered: string[]; left: string[] };
  triggers: Said<TriggerLook>[];
  waits: Said<WaitLook>[];
}

/** @throws InputError when there is no such event, or none that the asker may see */
export async function lookAtEvent(
  db: Database,
  home: Pick<Home, "currency" | "timezone">,
  name: { source: string; id: string },
  locale: keyof Text,
  asker?: Asker,
): Promise<LookedEvent> {
  const event = await findEvent(db, name.source, name.id);
  if (!event || !(await isVisible(db, event, asker))) {
    throw absent(`${name.source} ${name.id}`, {
      en: "no event with this source and id",
      "zh-CN": "没有该来源和编号的事件",
    });
  }
  const reaction = (event.reaction ?? {}) as Reaction;
  const customer = await findCustomer(db, event.customer_id);
  const looking = { at: await now(db), home };
  const acts = actsAtAll(event);
  const waits = customer && acts ? await lookAtWaits(db, event, customer.id, looking) : [];
  const triggers = acts ? await lookAtTriggers(db, event, customer?.id, looking) : [];
  return {
    ...shownEvent(event),
    says: saysOf(event, reaction).map((text) => text[locale]),
    customer: { id: customer?.customerId ?? null, created: reaction.customer === "created" },
    segments: { entered: reaction.entered ?? [], left: reaction.left ?? [] },
    triggers: triggers.map((look) => ({ ...look, says: look.says[locale] })),
    waits: waits.map((look) => ({ ...look, says: look.says[locale] })),
  };
}

function actsAtAll({ source, customer_id, reaction }: EventView): boolean {
  return source !== "import" && !customer_id.startsWith(ANONYMOUS) && !(reaction && "error" in reaction);
}

function saysOf({ source, customer_id, reacted_at }: EventView, reaction: Reaction): Text[] {
  if (reacted_at === null) {
    return [
      {
        en: "not reacted to yet: that takes moments while serve runs",
        "zh-CN": "尚未处理：serve 运行时片刻即可完成",
      },
    ];
  }
  if (source === "import") {
    return [
      {
        en: "it was imported: a fact of the past, which counts in rules and starts nothing",
        "zh-CN": "由文件导入：属于过去的事实，计入规则，但不触发任何流程",
      },
    ];
  }
  if (customer_id.startsWith(ANONYMOUS)) {
    return [
      {
        en: "it is a visitor's whom nobody knows yet: it is kept and starts nothing",
        "zh-CN": "来自尚未识别的访客：已保存，不触发任何流程",
      },
    ];
  }
  return reactionWords(reaction);
}

async function isVisible(db: Database, { id }: EventView, asker: Asker): Promise<boolean> {
  if (!seesOnlyOwn(asker)) return true;
  const { rows } = await sql`
    select 1 from events e join customers c on c.id = e.customer where e.id = ${id} and ${ownCustomers(asker, "c")}`.execute(
    db,
  );
  return rows.length > 0;
}
