import { connect, type Socket } from "node:net";

export interface LoadOptions {
  url: string;
  /** key of a backend */
  key: string;
  connections: number;
  /** bodies of single events, one after the other */
  next: () => string;
}

export interface Loaded {
  /** answered 202 */
  taken: number;
  /** from the first request to the last answer */
  seconds: number;
  /** milliseconds from when a request was due to its answer, ascending */
  latencies: Float64Array;
}

interface Line {
  socket: Socket;
  /** when its request was due; undefined: idle */
  due?: number;
  /** of an answer that has come in part */
  rest: Buffer | undefined;
}

/**
 * Posts events over kept connections, one request at a time on each. It knows of HTTP only what our own answers need:
 * a general client takes more of the machine than the server that is measured.
 */
export class Load {
  private readonly lines: Line[] = [];
  private readonly head: string;
  private readonly next: () => string;
  private idle: Line[] = [];
  private latencies: number[] = [];
  private last = 0;
  private failure: Error | undefined;
  private onAnswer: (line: Line) => void = () => undefined;

  private constructor({ url, key, next }: LoadOptions) {
    this.next = next;
    this.head = [
      "POST /v1/events HTTP/1.1",
      `host: ${new URL(url).host}`,
      `authorization: Bearer ${key}`,
      "content-type: application/cloudevents+json",
      "content-length: ",
    ].join("\r\n");
  }

  static async open(options: LoadOptions): Promise<Load> {
    const load = new Load(options);
    const { hostname, port } = new URL(options.url);
    await Promise.all(Array.from({ length: options.connections }, () => load.connect(hostname, Number(port))));
    return load;
  }

  close(): void {
    for (const { socket } of this.lines) socket.destroy();
  }

  /** Each connection sends again as soon as it is answered. */
  async flood(seconds: number): Promise<Loaded> {
    const began = performance.now();
    const end = began + seconds * 1000;
    this.onAnswer = (line) => {
      const now = performance.now();
      if (now < end) this.send(line, now);
      else this.idle.push(line);
    };
    for (const line of this.idle.splice(0)) this.send(line, performance.now());
    return this.result(began, end);
  }

  /** So many a second, whatever the answers; those that find no idle connection wait, and their wait counts. */
  async steady(perSecond: number, seconds: number): Promise<Loaded> {
    const began = performance.now();
    const end = began + seconds * 1000;
    let sent = 0;
    const dueAt = (n: number) => began + (n / perSecond) * 1000;
    const go = () => {
      const now = Math.min(performance.now(), end);
      // in turns: one that is not used for long would be closed
      while (this.idle.length > 0 && dueAt(sent) < now) this.send(this.idle.shift()!, dueAt(sent++));
    };
    this.onAnswer = (line) => {
      this.idle.push(line);
      go();
    };
    const timer = setInterval(go, 1);
    try {
      return await this.result(began, end);
    } finally {
      clearInterval(timer);
    }
  }

  private async result(began: number, end: number): Promise<Loaded> {
    while (performance.now() < end || this.idle.length < this.lines.length) {
      if (this.failure) throw this.failure;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const latencies = Float64Array.from(this.latencies).sort();
    this.latencies = [];
    return { taken: latencies.length, seconds: (this.last - began) / 1000, latencies };
  }

  private connect(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, noDelay: true });
      const line: Line = { socket, rest: undefined };
      this.lines.push(line);
      socket.once("connect", () => {
        this.idle.push(line);
        resolve();
      });
      socket.on("error", (error) => {
        this.failure ??= error;
        reject(error);
      });
      socket.on("data", (chunk) => this.read(line, chunk));
    });
  }

  private send(line: Line, due: number): void {
    const body = this.next();
    line.due = due;
    line.socket.write(`${this.head}${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  private read(line: Line, chunk: Buffer): void {
    const answer = line.rest ? Buffer.concat([line.rest, chunk]) : chunk;
    const head = answer.indexOf("\r\n\r\n");
    const length = head < 0 ? undefined : /content-length: (\d+)/i.exec(answer.toString("latin1", 0, head))?.[1];
    if (length === undefined || answer.length < head + 4 + Number(length)) {
      line.rest = answer;
      return;
    }
    line.rest = undefined;
    if (answer.toString("latin1", 9, 12) !== "202") this.failure ??= new Error(`refused: ${answer.toString()}`);
    this.last = performance.now();
    this.latencies.push(this.last - line.due!);
    this.onAnswer(line);
  }
}

/** Of ascending values. */
export function quantile(values: Float64Array, q: number): number {
  return values[Math.min(values.length - 1, Math.floor(values.length * q))] ?? NaN;
}
