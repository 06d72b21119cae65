import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import type { Text } from "../campaign/program.ts";
import { type Fault, ServiceError } from "../fault.ts";
import { isUnreachable } from "../store/unreachable.ts";

export type Locale = keyof Text;

/** One fault in a posted body; `index` is the event's place in its batch. */
export interface ProblemError {
  index?: number;
  /** of the library, where the fault is not in the body */
  file?: string;
  /** JSON pointer within the event, the body or the file */
  pointer: string;
  detail: string;
  hint?: string;
}

/** What the API says instead of an answer (RFC 9457). */
export class Problem extends Error {
  readonly status: number;
  /** last part of the problem's type: "bad-event" */
  readonly slug: string;
  readonly detail: Text;
  readonly errors: ProblemError[];
  /** seconds; 503 says 1 by itself */
  readonly retryAfter?: number;
  constructor(status: number, slug: string, detail: Text, errors: ProblemError[] = [], retryAfter?: number) {
    super(slug);
    this.status = status;
    this.slug = slug;
    this.detail = detail;
    this.errors = errors;
    if (retryAfter !== undefined) this.retryAfter = retryAfter;
  }
}

const TITLES: Record<number, Text> = {
  400: { en: "The request is not right", "zh-CN": "请求有误" },
  401: { en: "An API key is needed", "zh-CN": "需要 API 密钥" },
  403: { en: "This key may not do that", "zh-CN": "该密钥无此权限" },
  404: { en: "There is no such thing here", "zh-CN": "未找到" },
  408: { en: "The request took too long", "zh-CN": "请求超时" },
  409: { en: "Not while that is under way", "zh-CN": "操作正在进行" },
  412: { en: "It is not what you have read", "zh-CN": "内容已变化" },
  413: { en: "The request is too large", "zh-CN": "请求过大" },
  414: { en: "The address is too long", "zh-CN": "地址过长" },
  415: { en: "This content type is not read here", "zh-CN": "不支持的内容类型" },
  422: { en: "This cannot be used as it is", "zh-CN": "内容有误，无法使用" },
  429: { en: "Too many requests", "zh-CN": "请求过于频繁" },
  431: { en: "The headers are too large", "zh-CN": "请求头过大" },
  503: { en: "Not now", "zh-CN": "暂时不可用" },
};
const UNEXPECTED: Text = { en: "Something went wrong here", "zh-CN": "服务器内部错误" };

export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  const locale = localeOf(request);
  if (problem.status === 401) reply.header("www-authenticate", "Bearer");
  const retryAfter = problem.retryAfter ?? (problem.status === 503 ? 1 : undefined);
  if (retryAfter !== undefined) reply.header("retry-after", String(retryAfter));
  // as bytes: to text Fastify adds a charset, which JSON types do not have
  reply.code(problem.status).header("content-type", PROBLEM_TYPE);
  return reply.send(Buffer.from(problemText(problem, locale)));
}

export const PROBLEM_TYPE = "application/problem+json";

export function problemText(problem: Problem, locale: Locale): string {
  return JSON.stringify({
    type: `urn:rekindle:problem:${problem.slug}`,
    title: (TITLES[problem.status] ?? UNEXPECTED)[locale],
    status: problem.status,
    detail: problem.detail[locale],
    ...(problem.errors.length > 0 && { errors: problem.errors }),
  });
}

export function errorsOf(faults: Fault[], locale: Locale, index?: number): ProblemError[] {
  return faults.map((fault) => ({
    ...(index !== undefined && { index }),
    ...(fault.file && { file: fault.file }),
    pointer: fault.pointer,
    detail: fault.message[locale],
    ...(fault.hint && { hint: fault.hint[locale] }),
  }));
}

export const TOO_LARGE: Text = {
  en: "a request may have 1 MB; send large batches in parts",
  "zh-CN": "单次请求不超过 1 MB，请拆分后发送",
};
export const JSON_TYPES: Text = {
  en: "send application/cloudevents+json, application/cloudevents-batch+json or application/json",
  "zh-CN": "请使用 application/cloudevents+json、application/cloudevents-batch+json 或 application/json",
};

/** What Fastify, or a part behind us, throws; never with the text of an error that we did not write. */
export function problemOf(error: Error | FastifyError): Problem {
  if (error instanceof Problem) return error;
  const { code = "", statusCode } = error as Partial<FastifyError>;
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") {
    return new Problem(413, "too-large", TOO_LARGE);
  }
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") {
    return new Problem(415, "content-type", JSON_TYPES);
  }
  if (code === "FST_ERR_MAX_PARAM_LENGTH" || code === "FST_ERR_BAD_URL") {
    const long = code === "FST_ERR_MAX_PARAM_LENGTH";
    return new Problem(long ? 414 : 400, "address", {
      en: long ? "a part of the address is too long" : "the address cannot be read",
      "zh-CN": long ? "地址中有过长的部分" : "地址无法解析",
    });
  }
  if (code === "FST_ERR_CTP_EMPTY_JSON_BODY")
    return new Problem(400, "empty", { en: "the body is empty", "zh-CN": "请求体为空" });
  if (isUnreachable(error)) {
    return new Problem(503, "database", {
      en: "the database cannot be reached; try again",
      "zh-CN": "数据库暂时无法连接，请重试",
    });
  }
  if (error instanceof ServiceError) {
    const { service, hint } = error;
    return new Problem(503, "part", {
      en: `${service}: ${error.message}; ${hint.en}`,
      "zh-CN": `${service} 无法使用；${hint["zh-CN"]}`,
    });
  }
  const status = statusCode !== undefined && statusCode >= 400 && statusCode < 500 ? statusCode : 500;
  return new Problem(status, status === 500 ? "internal" : "request", status === 500 ? UNEXPECTED : TITLES[400]!);
}

export function localeOf(request: FastifyRequest): Locale {
  return (request.headers["accept-language"] ?? "").toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}
