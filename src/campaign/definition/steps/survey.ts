import { z } from "zod";
import type { Duration, Question, Rule } from "../../program.ts";
import { complain, id, span, text } from "../leaf.ts";
import type { Names } from "../names.ts";
import { channelsOf } from "./send.ts";

export interface SurveyDefinition<Steps> {
  id: string;
  survey: {
    template: string;
    channel: string[];
    topic?: string;
    validFor?: Duration;
    within: Duration;
    questions: Question[];
    branches: { if: Rule; then: Steps }[];
  };
}

const MOST_QUESTIONS = 20;
const MOST_BRANCHES = 20;

export function surveyDefinition<Steps>(names: Names, steps: z.ZodType<Steps>) {
  const question = z
    .strictObject({
      id,
      rating: z.number().int().min(2).max(10).optional().meta({ description: "highest rating, from 1" }),
      text: z.literal(true).optional().meta({ description: "a free text" }),
      label: text.optional(),
    })
    .check((context) => {
      if ((context.value.rating === undefined) !== (context.value.text === undefined)) return;
      complain(context, context.value, {
        message: { en: 'give either "rating" or "text"', "zh-CN": '"rating" 与 "text" 须二选一' },
      });
    });
  return z
    .strictObject({
      id,
      survey: z.strictObject({
        template: names.template,
        channel: channelsOf(names).default(["email"]),
        topic: names.topic.optional(),
        validFor: span.optional(),
        within: span.meta({ description: "how long answers are waited for" }),
        questions: z.array(question).min(1).max(MOST_QUESTIONS),
        branches: z
          .array(z.strictObject({ if: names.rule("steps", "boolean"), then: steps }))
          .max(MOST_BRANCHES)
          .default([])
          .meta({ description: "what answers lead to; the first whose rule holds" }),
      }),
    })
    .meta({ description: "asks questions and acts on the answers" });
}
