import type { Family } from "./described.ts";

const NAME = "complaints.open";
const LABEL = { en: "open complaints", "zh-CN": "未解决的投诉数" };

export const complaints: Family = {
  find: (name) => (name === NAME ? { name, type: "number", source: { from: "complaints" }, label: LABEL } : undefined),
  names: () => [NAME],
  described: [{ name: NAME, type: "number", label: LABEL, source: "complaints" }],
};
