import { Agent, request } from "node:http";

export interface Answer {
  status: number;
  body: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 256, scheduling: "lifo" });

/** One request over connections that are kept. Half the cost of `fetch`, which matters when ten thousand people act in a second. */
export function ask(url: string, post?: { body: string; headers: Record<string, string> }): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method: post ? "POST" : "GET", ...(post && { headers: headersOf(post) }) });
    sent.on("error", reject);
    sent.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }),
      );
    });
    sent.end(post?.body);
  });
}

function headersOf({ body, headers }: { body: string; headers: Record<string, string> }) {
  return { ...headers, "content-length": Buffer.byteLength(body) };
}
