import { z } from "zod";
import { clockTime, complain, count, eventType, id } from "../leaf.ts";
import type { Names } from "../names.ts";
import { channelsOf, sendKind } from "./send.ts";

const MOST_DAYS = 366;

export function challengeDefinition(names: Names) {
  const reward = z
    .strictObject({
      every: count.optional().meta({ description: "at every n-th check-in" }),
      streak: count.optional().meta({ description: "at every n-th day of an unbroken streak" }),
      points: count.optional(),
      gift: names.gift.optional(),
    })
    .check((context) => {
      const { every, streak, points, gift } = context.value;
      if ((every === undefined) === (streak === undefined)) {
        complain(context, context.value, {
          message: { en: 'give either "every" or "streak"', "zh-CN": '"every" 与 "streak" 须二选一' },
        });
      }
      if (points === undefined && gift === undefined) {
        complain(context, context.value, {
          message: { en: "gives neither points nor a gift", "zh-CN": "既没有积分也没有礼品" },
        });
      }
    });
  return z
    .strictObject({
      id,
      challenge: z
        .strictObject({
          days: z.number().int().min(1).max(MOST_DAYS),
          event: eventType.meta({ description: "the event that counts as a check-in" }),
          at: clockTime.meta({ description: "local time of the daily message" }),
          remindAt: clockTime
            .optional()
            .meta({ description: "local time of the reminder to those who have not checked in" }),
          template: names.template,
          reminder: names.template.optional().meta({ description: "the reminder's template" }),
          channel: channelsOf(names).default(["email"]),
          kind: sendKind.default("promotion"),
          topic: names.topic.optional(),
          gifts: z.array(reward).default([]),
        })
        .check((context) => {
          const { at, remindAt, reminder } = context.value;
          if ((remindAt === undefined) !== (reminder === undefined)) {
            complain(context, context.value, {
              message: { en: '"remindAt" and "reminder" go together', "zh-CN": '"remindAt" 与 "reminder" 须同时给出' },
            });
          }
          if (remindAt !== undefined && remindAt <= at) {
            complain(
              context,
              remindAt,
              { message: { en: 'must be later in the day than "at"', "zh-CN": '须晚于 "at"' } },
              ["remindAt"],
            );
          }
        }),
    })
    .meta({ description: "a message every day, check-ins, and rewards for them" });
}
export type ChallengeDefinition = z.infer<ReturnType<typeof challengeDefinition>>;
