import type { Socket } from "node:net";
import { limitedTotal } from "../../watch/metrics.ts";
import { Problem, PROBLEM_TYPE, problemText } from "../problem.ts";

/** Answers what is no HTTP, or took too long to become a request: nobody else will ever see it. */
export function answerBrokenRequests(error: Error & { code?: string }, socket: Socket): void {
  // gone already, or in the middle of an answer
  if (error.code === "ECONNRESET" || !socket.writable || socket.destroyed) {
    socket.destroy();
    return;
  }
  const problem = problemFor(error.code);
  limitedTotal.inc({ limit: "head" });
  const body = Buffer.from(problemText(problem, "en"));
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS[problem.status] ?? "Bad Request"}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${body.length}`,
    "connection: close",
  ];
  socket.end(Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]));
}

const STATUS: Record<number, string> = { 408: "Request Timeout", 431: "Request Header Fields Too Large" };

function problemFor(code: string | undefined): Problem {
  if (code === "HPE_HEADER_OVERFLOW") {
    return new Problem(431, "headers", {
      en: "address and headers may have 16 KB",
      "zh-CN": "地址与请求头不超过 16 KB",
    });
  }
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return new Problem(408, "timeout", { en: "the request did not come to an end", "zh-CN": "请求未在限定时间内完成" });
  }
  return new Problem(400, "http", { en: "this is not HTTP", "zh-CN": "不是合法的 HTTP 请求" });
}
