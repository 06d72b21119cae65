import { faultFields, type Log } from "./log.ts";

/** A process that nobody would believe any more says where it broke, without the error's text, and ends. */
export function reportCrashes(log: Log): void {
  process.on("uncaughtException", (error) => {
    log.fatal(faultFields(error), "crashed");
    process.exit(70);
  });
}
