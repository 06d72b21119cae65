import { randomBytes } from "node:crypto";
import { closeSync, existsSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join, resolve } from "node:path";
import { ServiceError } from "../fault.ts";

/** The folder of REKINDLE_HOME and what is known of it before anything runs. */
export interface Home {
  /** absolute */
  path: string;
  /** random, made with the home; whoever can read it may use the home's supervisor */
  id: string;
}

/** @throws ServiceError when the folder cannot be made, read or written */
export function openHome(path: string): Home {
  const absolute = resolve(path);
  try {
    mkdirSync(join(absolute, "logs"), { recursive: true });
    return { path: absolute, id: keptText(absolute, "id", () => randomBytes(12).toString("hex")) };
  } catch (error) {
    throw new ServiceError("REKINDLE_HOME", `${absolute} cannot be used (${(error as Error).message})`, {
      en: "name a folder in REKINDLE_HOME that is yours and can be written",
      "zh-CN": "请将 REKINDLE_HOME 设为属于您且可写的目录",
    });
  }
}

/** Signs links when REKINDLE_SECRET is not set; made once, so that links outlive restarts. */
export function homeSecret(home: Home): string {
  return keptText(home.path, "secret", () => randomBytes(32).toString("base64url"));
}

/** Text of a file that only its owner reads; `make` fills it when it is new. Of several at once, one wins for all. */
export function keptText(folder: string, name: string, make: () => string): string {
  const file = join(folder, name);
  if (!existsSync(file)) createOnce(file, make());
  return readFileSync(file, "utf8").trim();
}

/** Creates a file with all its text or leaves the one that is there; says whether it was created. */
export function createOnce(file: string, text: string): boolean {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  const descriptor = openSync(draft, "wx", 0o600);
  try {
    writeSync(descriptor, text);
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    closeSync(descriptor);
    rmSync(draft, { force: true });
  }
}
