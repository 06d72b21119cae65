import { z } from "zod";
import type { Text } from "../../campaign/program.ts";
import type { Fault } from "../../fault.ts";
import type { Parsed } from "../../intake/cloud-event.ts";
import { mayPost } from "../../intake/may-post.ts";
import { parseBatch } from "../../intake/tracking/batch.ts";
import { type CallName, type Envelope, parseCall } from "../../intake/tracking/message.ts";
import { seesOnlyOwn, strangersAmong } from "../../operate/access/own.ts";
import type { Holder } from "../../store/api-key.ts";
import type { NewEvent } from "../../store/event.ts";
import type { Parts } from "../parts.ts";
import { errorsOf, Problem, type ProblemError } from "../problem.ts";
import { FUTURE, STRANGER, unlessBusy, UNSTORABLE } from "../body/receiving.ts";
import { type AnyRoute, type Ask, route } from "../route.ts";
import { problemError } from "../schema.ts";

const who = { userId: id().optional(), anonymousId: id().optional() };
const common = {
  ...who,
  messageId: z.string().max(256).optional().meta({ description: "a call sent again counts once" }),
  timestamp: z.string().optional().meta({ description: "when it happened, by the sender's clock" }),
  sentAt: z.string().optional().meta({ description: "when it was sent, by the same clock" }),
  context: z.looseObject({}).optional(),
  writeKey: z.string().optional().meta({ description: "the key, where no header can be set" }),
};
const named = {
  name: z.string().optional(),
  category: z.string().optional(),
  properties: z.looseObject({}).optional(),
};

const CALLS = {
  identify: z.looseObject({ ...common, traits: z.looseObject({}).optional() }),
  track: z.looseObject({ ...common, event: z.string(), properties: z.looseObject({}).optional() }),
  page: z.looseObject({ ...common, ...named }),
  screen: z.looseObject({ ...common, ...named }),
  group: z.looseObject({ ...common, groupId: id(), traits: z.looseObject({}).optional() }),
  alias: z.looseObject({ ...common, userId: id(), previousId: id() }),
} satisfies Record<CallName, z.ZodType>;
const SUMMARIES: Record<CallName, Text> = {
  identify: {
    en: "Traits and addresses of a customer; by a public key: which visitor they were",
    "zh-CN": "客户的特征与联系方式；公开密钥：此前是哪位访客",
  },
  track: { en: "Something that a customer or a visitor did", "zh-CN": "客户或访客做了某事" },
  page: { en: "A page was looked at", "zh-CN": "浏览了网页" },
  screen: { en: "A screen of an app was looked at", "zh-CN": "浏览了应用界面" },
  group: { en: "A customer belongs to a group", "zh-CN": "客户属于某个群组" },
  alias: { en: "What a visitor did is a customer's past", "zh-CN": "访客的所为是客户的过往" },
};
const batched = z.looseObject({
  batch: z.array(z.looseObject({ type: z.enum(Object.keys(CALLS) as CallName[]), ...common })),
  sentAt: common.sentAt,
  context: common.context,
  writeKey: common.writeKey,
});

const answered = z.object({
  success: z.literal(true),
  errors: z.array(problemError).optional().meta({ description: "calls of the batch that were refused" }),
});

type TrackingParts = Pick<Parts, "db" | "receiver" | "vocabulary">;

/** The tracking API as its clients ask it: servers by the long addresses, pages by their first letters. docs/tracking.md */
export function trackingRoutes(parts: TrackingParts): AnyRoute[] {
  const kinds = [...(Object.keys(CALLS) as CallName[]), "batch" as const];
  return kinds.flatMap((kind) => {
    const reads = kind === "batch" ? batched : CALLS[kind];
    const summary =
      kind === "batch"
        ? {
            en: "Calls of any kind; those that are wrong are named, the others stored",
            "zh-CN": "任意种类的调用；有误的会列出，其余保存",
          }
        : SUMMARIES[kind];
    return [`/v1/${kind}`, `/v1/${kind[0]}`].map((path) =>
      route({
        method: "POST",
        path,
        tag: "tracking",
        summary,
        roles: ["backend", "ops", "service", "sales"],
        publicKeys: true,
        writeKey: true,
        cors: true,
        audited: false,
        once: false,
        reads,
        answer: answered,
        handle: (ask) => take(ask, parts, kind),
      }),
    );
  });
}

/** Answers when every good call is durable. What cannot ever be taken is told so that clients do not send it again. */
async function take({ request, holder, locale }: Ask, parts: TrackingParts, kind: CallName | "batch") {
  const envelope: Envelope = {
    source: sourceOf(holder),
    public: holder.public,
    received: Date.now(),
    vocabulary: parts.vocabulary(),
  };
  const parsed = kind === "batch" ? parseBatch(request.body, envelope) : [parseCall(request.body, envelope, kind)];
  if (!Array.isArray(parsed)) throw new Problem(400, "bad-call", REFUSED, errorsOf([parsed], locale));
  const refused: ProblemError[] = [];
  const refuse = (faults: Fault[], index: number) =>
    refused.push(...errorsOf(faults, locale, kind === "batch" ? index : undefined));
  const events: NewEvent[] = [];
  const places: number[] = [];
  let denied = 0;
  parsed.forEach((one: Parsed, index) => {
    const denial = "event" in one ? mayPost(holder, one.event.type) : undefined;
    if (denial) denied += 1;
    if ("faults" in one || denial) return refuse("faults" in one ? one.faults : [denial!], index);
    places.push(index);
    return events.push(one.event);
  });
  if (seesOnlyOwn(holder)) await leaveOut();
  const stored = events.length > 0 ? await unlessBusy(parts.receiver.receive(events)) : [];
  stored.forEach((status, i) => {
    if (status === "future") refuse([FUTURE], places[i]!);
    if (status === "refused") refuse([UNSTORABLE], places[i]!);
  });
  if (parsed.length > 0 && denied === parsed.length) throw new Problem(403, "event-type", DENIED, refused);
  const wrong = new Set(refused.map((fault) => fault.index)).size;
  if (parsed.length > 0 && wrong === parsed.length) throw new Problem(400, "bad-call", REFUSED, refused);
  const errors = refused.sort((a, b) => a.index! - b.index!);
  return { success: true as const, ...(errors.length > 0 && { errors }) };

  /** What the asker may not speak of counts as wrong. */
  async function leaveOut(): Promise<void> {
    const strangers = await strangersAmong(parts.db, events, holder);
    for (let i = events.length - 1; i >= 0; i--) {
      if (!strangers.has(events[i]!)) continue;
      events.splice(i, 1);
      refuse([{ ...STRANGER, pointer: "/userId" }], places.splice(i, 1)[0]!);
    }
  }
}

const REFUSED = { en: "nothing was stored", "zh-CN": "未保存任何内容" };
const DENIED = { en: "this key may not post that", "zh-CN": "该密钥不可提交此类事件" };

/** Ids of calls are unique for whoever holds the key: a public key's are told apart from a backend's. */
function sourceOf({ name, public: open }: Holder): string {
  return open ? `public:${name}/tracking` : `tracking:${name}`;
}

function id() {
  return z.string().max(256);
}
