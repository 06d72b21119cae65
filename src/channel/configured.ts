import type { Config } from "../config.ts";
import { ServiceError } from "../fault.ts";
import type { Channel } from "./channel.ts";
import { emailChannel } from "./email.ts";

/** Names of the channels that this installation can send by. */
export function channels(config: Pick<Config, "smtpUrl">): string[] {
  return config.smtpUrl === undefined ? [] : ["email"];
}

/** Those that a launch can count on: without SMTP_URL mail goes to the local inbox, so e-mail can always be sent. */
export function sendable(config: Pick<Config, "smtpUrl">): string[] {
  return [...new Set(["email", ...channels(config)])];
}

export function openChannels(config: Config): Channel[] {
  if (config.smtpUrl === undefined) return [];
  return [emailChannel({ url: config.smtpUrl, from: config.mailFrom, safeRecipients: config.safeRecipients })];
}

/**
 * On a demo clock days pass in seconds: such mail must reach nobody but the local inbox.
 * @throws ServiceError when the clock's rate is not 1 and mail would leave this machine
 */
export function refuseDemoClock(config: Pick<Config, "smtpUrl" | "inboxUrl">, rate: number): void {
  if (rate === 1 || config.smtpUrl === undefined || config.inboxUrl !== undefined) return;
  throw new ServiceError(
    "email",
    `the clock of this database runs at ${rate} times real time, so nothing is sent by SMTP_URL`,
    {
      en: "leave SMTP_URL unset to deliver to the local inbox, or use another database",
      "zh-CN": "请不要设置 SMTP_URL（邮件将进入本地收件箱），或改用其他数据库",
    },
  );
}
