import type { Config } from "../../config.ts";
import type { Reach } from "../run/launch.ts";

/** Without SMTP_URL mail goes to the local inbox; with SAFE_RECIPIENTS nobody else can be written to. */
export function reachOf(config: Config): Reach {
  if (config.smtpUrl === undefined) return "inbox";
  return config.safeRecipients.length > 0 ? "safe-recipients" : "everybody";
}
