import type { SendStep } from "../src/campaign/program.ts";
import type { Handler } from "./context.ts";
import { mail } from "./mail.ts";

export const send: Handler<SendStep> = (context, step) => mail(context, step);
