import { error, type Fault } from "../../fault.ts";
import { BusyError } from "../../intake/receive.ts";
import { Problem } from "../problem.ts";

/** What the receiver may say of an event, and what is answered when it takes none now. */
export const FUTURE: Fault = error("/time", { en: "is more than 24 hours ahead", "zh-CN": "时间超前 24 小时以上" });
export const UNSTORABLE: Fault = error("", {
  en: "the database cannot store this event",
  "zh-CN": "数据库无法保存该事件",
});

/** The same of somebody who is not there and of somebody who is not the asker's. */
export const STRANGER: Fault = error("/subject", { en: "there is no such customer", "zh-CN": "没有这个客户" });

/** @throws Problem 503 */
export async function unlessBusy<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (failure) {
    if (!(failure instanceof BusyError)) throw failure;
    throw new Problem(503, "busy", {
      en: "too much is going on at once; try again",
      "zh-CN": "当前请求过多，请稍后重试",
    });
  }
}
