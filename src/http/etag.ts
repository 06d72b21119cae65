import type { FastifyReply, FastifyRequest } from "fastify";
import { hashOf } from "../store/document.ts";
import { Problem } from "./problem.ts";

/**
 * The tag of a definition in its surroundings: "DEFINITION.REST". What is read is unchanged while all of it is; what is
 * written over is what was read while the definition is.
 */
export function tagOf(definition: string, rest?: unknown): string {
  return rest === undefined ? `"${definition}"` : `"${definition}.${hashOf(rest).slice(0, 16)}"`;
}

/** Names the answer's tag. @returns whether the asker has it already: then nothing but 304 is to be sent */
export function isKnown(request: FastifyRequest, reply: FastifyReply, tag: string): boolean {
  reply.header("etag", tag).header("cache-control", "private, no-cache");
  const known = tagsOf(request.headers["if-none-match"]);
  return known.includes("*") || known.includes(tag);
}

/**
 * What a request that writes expects to find: `If-Match` with the tag that was read, `If-None-Match: *` for nothing.
 * @returns to be called with the hash of the definition that is there; throws Problem 412 when it is another
 */
export function expectation(request: FastifyRequest): (before: string | undefined) => void {
  const { "if-match": match, "if-none-match": noneMatch } = request.headers;
  const [wanted, unwanted] = [tagsOf(match), tagsOf(noneMatch)].map((tags) => tags.map((tag) => definitionOf(tag)));
  return (before) => {
    const among = (tags: string[]) => before !== undefined && (tags.includes("*") || tags.includes(before));
    if (match !== undefined && !among(wanted!)) throw new Problem(412, "changed", CHANGED);
    if (noneMatch !== undefined && among(unwanted!)) throw new Problem(412, "exists", EXISTS);
  };
}

const CHANGED = {
  en: "somebody has changed it since you read it; read it again",
  "zh-CN": "读取之后已被他人修改，请重新读取",
};
const EXISTS = { en: "it exists already", "zh-CN": "已存在" };

/** A tag is compared without its weakness: proxies that compress take the strength from it. */
function tagsOf(header: string | undefined): string[] {
  if (header?.trim() === "*") return ["*"];
  return [...(header ?? "").matchAll(/(?:W\/)?("[^"]*")/g)].map(([, tag]) => tag!);
}

function definitionOf(tag: string): string {
  return tag === "*" ? tag : tag.slice(1, -1).replace(/\..*$/, "");
}
