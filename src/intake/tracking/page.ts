import { type Json, objectOf, type Read } from "./call.ts";

const OF_CONTEXT = ["path", "url", "title", "referrer", "search"];

/** page: page.viewed, with what browsers' clients say of the page they are on. */
export const readPage: Read = ({ json, context }) => {
  const page = objectOf(context.page);
  const data: Json = {};
  for (const field of OF_CONTEXT) if (typeof page[field] === "string") data[field] = page[field];
  return { name: "page.viewed", data: { ...data, ...viewed(json) }, at: "/properties" };
};

/** What pages and screens have in common: a name, a category, properties. */
export function viewed(json: Json): Json {
  return {
    ...(typeof json.name === "string" && { name: json.name }),
    ...(typeof json.category === "string" && { category: json.category }),
    ...objectOf(json.properties),
  };
}
