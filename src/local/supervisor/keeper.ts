import { ServiceError } from "../../fault.ts";
import type { Text } from "../../campaign/program.ts";
import type { PartKind, Surroundings } from "../part/part.ts";
import { endProcess, type Identity, pause } from "../process.ts";
import type { Endpoints } from "../wire.ts";
import { type Running, run } from "./runner.ts";

/** Keeps one part running from the first time it is needed until stop. */
export interface Keeper {
  /** @throws ServiceError; a later call tries again */
  ensure(): Promise<Endpoints>;
  stop(): Promise<void>;
}

const STOP_PATIENCE_MS = 10_000;
const START_ATTEMPTS = 3;

export function createKeeper(
  kind: PartKind,
  surroundings: Omit<Surroundings, "signal">,
  record: (identity?: Identity) => void,
): Keeper {
  const stopping = new AbortController();
  const around: Surroundings = { ...surroundings, signal: stopping.signal };
  let up: Promise<Endpoints> | undefined;
  let process: Identity | undefined;

  async function start(): Promise<Endpoints> {
    try {
      await kind.prepare(around);
      around.say({ en: `starting ${kind.label} …`, "zh-CN": `正在启动 ${kind.label} …` });
      const began = Date.now();
      void watch(await attempt(START_ATTEMPTS));
      const endpoints = await kind.endpoints(around);
      around.say(upText(kind, endpoints, Date.now() - began));
      return endpoints;
    } catch (error) {
      up = undefined;
      throw error instanceof ServiceError ? error : startFailure(kind, error as Error);
    }
  }

  async function attempt(attempts: number): Promise<Running> {
    for (let left = attempts - 1; ; left--) {
      try {
        return await run(kind, around, (identity) => record((process = identity)));
      } catch (error) {
        if (left === 0 || around.signal.aborted) throw error;
        await pause(300);
      }
    }
  }

  /** A part that ends by itself is started again on its port, for as long as it is wanted. */
  async function watch(running: Running): Promise<void> {
    const why = await running.ended;
    if (around.signal.aborted) return;
    around.say({
      en: `${kind.label} ${why}; starting it again`,
      "zh-CN": `${kind.label} 已退出（${why}），正在重新启动`,
    });
    for (let delay = 100; !around.signal.aborted; delay = Math.min(delay * 2, 5_000)) {
      try {
        const again = await attempt(1);
        around.say({ en: `${kind.label} is up again`, "zh-CN": `${kind.label} 已恢复` });
        return void watch(again);
      } catch (error) {
        if (delay === 800) around.say(stillDown(kind, error as Error));
        await pause(delay);
      }
    }
  }

  return {
    ensure: () => (up ??= start()),
    async stop() {
      stopping.abort();
      if (process !== undefined) await endProcess(process, kind.stopSignal, STOP_PATIENCE_MS);
      await up?.catch(() => undefined);
      record(undefined);
    },
  };
}

function upText(kind: PartKind, endpoints: Endpoints, ms: number): Text {
  const where = Object.values(endpoints).map(withoutPassword).join(", ");
  const seconds = (ms / 1000).toFixed(1);
  return {
    en: `${kind.label} is up on ${where}, ${seconds} s`,
    "zh-CN": `${kind.label} 已就绪：${where}，${seconds} 秒`,
  };
}

function stillDown(kind: PartKind, { message }: Error): Text {
  return { en: `${kind.label}: ${message}`, "zh-CN": `${kind.label}：${message}` };
}

function withoutPassword(url: string): string {
  return url.replace(/^postgres:\/\/[^@]*@/, "");
}

function startFailure(kind: PartKind, error: Error): ServiceError {
  return new ServiceError(kind.label, `could not be started: ${error.message}`, {
    en: `mend what its log names, or run one yourself and set its address (see docs/operating.md)`,
    "zh-CN": `请按日志提示修复，或自行启动并设置其地址（见 docs/operating.zh-CN.md）`,
  });
}
