import { error } from "../../fault.ts";
import { objectOf, type Read } from "./call.ts";
import { COMMERCE } from "./commerce.ts";

/** track: an event by its name, its properties as data. */
export const readTrack: Read = ({ json }) => {
  const name = json.event;
  if (typeof name !== "string" || name.trim() === "") {
    return error("/event", { en: "missing: event, the name of what happened", "zh-CN": "缺少 event（事件名称）" });
  }
  const builtIn = COMMERCE.get(name) ?? { type: typeOf(name), fields: {} };
  return { name, data: objectOf(json.properties), at: "/properties", builtIn };
};

const TYPE = /^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$/;

/**
 * The type that an event of any name is: "Song Played" is song_played, "check_in" stays. A name with letters that types
 * do not have stays as it is, since two such names could become the same; rules/events/ gives them a type.
 */
export function typeOf(name: string): string {
  if (TYPE.test(name)) return name;
  const plain = name
    .normalize("NFKC")
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase();
  const type = plain
    .replaceAll(/[^\p{L}\p{N}.]+/gu, "_")
    .replaceAll(/_*\.[_.]*/g, ".")
    .replaceAll(/^[_.]+|[_.]+$/g, "");
  return TYPE.test(type) ? type : name;
}
