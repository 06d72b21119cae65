import { error } from "../../fault.ts";
import { idOf, objectOf, type Read } from "./call.ts";

/** group: group.joined. The traits are the group's, so they stay with the event and are no traits of the customer. */
export const readGroup: Read = ({ json }) => {
  const group = idOf(json.groupId);
  if (group === undefined) return error("/groupId", { en: "missing: groupId", "zh-CN": "缺少 groupId" });
  return { name: "group.joined", data: { group_id: group, traits: objectOf(json.traits) }, at: "" };
};
