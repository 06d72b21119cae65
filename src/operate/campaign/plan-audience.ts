import { sql } from "kysely";
import { type ChannelFacts, mostTelling, obstacle } from "../../campaign/decide/reach.ts";
import type { Program, SendKind } from "../../campaign/program.ts";
import { chosen, countAudience, customerZones } from "../../store/audience.ts";
import { type Database, transaction, type Tx } from "../../store/database.ts";
import { loadReach } from "../../store/reach.ts";

export interface Audience {
  /** null: everybody, or everybody on the list */
  segment: string | null;
  list: string | null;
  /** in the segment, on the list */
  members: number;
  /** left out of them: excluded; already in this campaign or back too soon; in another campaign of the group; beyond the limit */
  excluded: number;
  enteredBefore: number;
  elsewhere: number;
  beyondLimit: number;
  enrolled: number;
  treatment: number;
  holdout: number;
  /** of the enrolled: can be sent the campaign's promotions by at least one channel */
  reachable: number;
  /** the rest, each by its most telling reason: "no-consent:email" */
  unreachable: { reason: string; customers: number }[];
}

const PAGE = 5_000;

/** Who would be enrolled at a moment, and who of them could be written to. */
export async function audienceAt(db: Database, program: Program, channels: string[], at: Date): Promise<Audience> {
  const { audience } = program;
  return transaction(db, async (tx) => {
    const count = await countAudience(tx, program, at);
    // kept by the database and looked at in pages, since it may be everybody
    await sql`create temporary table planned (number bigint primary key, id bigint not null) on commit drop`.execute(
      tx,
    );
    await sql`
      insert into planned (number, id)
      select number, id from (${chosen(program, at, audience.limit, await customerZones(tx))}) a`.execute(tx);
    // the share is multiplied as launch does it, in decimals
    const { rows } = await sql<{ enrolled: number; holdout: number }>`
      select count(*) as enrolled, floor(${audience.holdout}::numeric * count(*))::bigint as holdout from planned`.execute(
      tx,
    );
    const { enrolled, holdout } = rows[0]!;
    return {
      segment: audience.segment ?? null,
      list: audience.list ?? null,
      ...count,
      beyondLimit: count.members - count.excluded - count.enteredBefore - count.elsewhere - enrolled,
      enrolled,
      treatment: enrolled - holdout,
      holdout,
      ...(await reach(tx, program, channels)),
    };
  });
}

/** Asks of each customer in `planned` what a send would: the same obstacles, over all channels that the campaign's mails use. */
async function reach(tx: Tx, program: Program, configured: string[]) {
  const mails = mailsOf(program);
  const reasons = new Map<string, number>();
  let reachable = 0;
  for (let from = 0; ; from += PAGE) {
    const { rows } = await sql<{ id: number }>`
      select id from planned where number >= ${from} and number < ${from + PAGE} order by number`.execute(tx);
    if (rows.length === 0) break;
    const page = rows.map((row) => row.id);
    const known: Map<number, ChannelFacts[]>[] = [];
    for (const mail of mails) known.push(await loadReach(tx, page, { ...mail, channels: [mail.channel], configured }));
    for (const customer of page) {
      const obstacles = mails.map(({ kind }, i) => obstacle(known[i]!.get(customer)![0]!, kind));
      if (mails.length > 0 && obstacles.every((reason) => reason !== undefined)) {
        const [reason] = mostTelling(obstacles.filter((each) => each !== undefined));
        reasons.set(reason!, (reasons.get(reason!) ?? 0) + 1);
      } else reachable += 1;
    }
  }
  const unreachable = [...reasons].map(([reason, number]) => ({ reason, customers: number }));
  return { reachable, unreachable: unreachable.sort((a, b) => b.customers - a.customers) };
}

interface Mail {
  channel: string;
  topic: string;
  kind: SendKind;
}

/** Each channel, topic and kind that promotions go by; of all mails where there is no promotion. */
function mailsOf(program: Program): Mail[] {
  const all = Object.values(program.steps).flatMap((step) =>
    step.kind === "send" || step.kind === "survey" || step.kind === "rsvp"
      ? step.channels.map((channel): Mail => ({ channel, topic: step.topic, kind: step.sendKind }))
      : [],
  );
  const promotions = all.filter((mail) => mail.kind === "promotion");
  const mails = promotions.length > 0 ? promotions : all;
  return [...new Map(mails.map((mail) => [JSON.stringify(mail), mail])).values()];
}
