import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, inject, test } from "vitest";
import { type LaneOptions, openLane, openWaker } from "../../src/delivery/lane.ts";
import { until } from "./world.ts";

const redisUrl = inject("redisUrl");
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const prefix = `t_${randomBytes(6).toString("hex")}`;
let tests = 0;

/** A lane that never sweeps, so that only wake-ups make it work. */
function lane(handler: LaneOptions["handler"], more: Partial<LaneOptions> = {}) {
  const opened = openLane({
    redisUrl,
    prefix: `${prefix}_${tests}`,
    name: "react",
    handler,
    sweepMs: 600_000,
    ...more,
  });
  open.push(() => opened.stop());
  return opened;
}

function waker(url = redisUrl) {
  const opened = openWaker({ redisUrl: url, prefix: `${prefix}_${tests}` });
  open.push(() => opened.close());
  return opened;
}

test("a burst of wake-ups costs a few looks, and what comes while the lane is busy is seen", async () => {
  tests++;
  let rows = 0;
  let seen = 0;
  let looks = 0;
  lane(async () => {
    looks += 1;
    const found = rows;
    rows = 0;
    await sleep(50);
    seen += found;
    return false;
  });
  const { wake } = waker();
  for (let i = 0; i < 1_000; i++) {
    rows += 1;
    wake("react");
    if (i % 100 === 0) await sleep(10);
  }
  await until(() => seen === 1_000);
  expect(looks).toBeLessThan(300);
});

test("many rows spread over the processes there are", async () => {
  tests++;
  const did = [0, 0];
  const enough = () => Math.min(...did) >= 10;
  const handler = (who: number) => async () => {
    await sleep(10);
    did[who]! += 1;
    return !enough(); // more rows
  };
  lane(handler(0));
  lane(handler(1));
  waker().wake("react");
  await until(enough);
});

test("what a handler throws is told, and the next wake-up tries again", async () => {
  tests++;
  const errors: unknown[] = [];
  let calls = 0;
  lane(
    async () => {
      calls += 1;
      if (calls === 1) throw new Error("database is away");
      return false;
    },
    { onError: (error) => errors.push(error) },
  );
  const { wake } = waker();
  wake("react");
  await until(() => errors.length === 1);
  wake("react");
  await until(() => calls === 2);
  expect(errors).toEqual([new Error("database is away")]);
});

test("a wake-up given while Valkey is away arrives when it is back", async () => {
  tests++;
  const line = await breakable(redisUrl);
  let calls = 0;
  lane(async () => (calls++, false), { redisUrl: line.url });
  const { wake } = waker(line.url);
  wake("react");
  await until(() => calls === 1);
  line.cut();
  wake("react");
  await sleep(300);
  expect(calls).toBe(1);
  await line.mend();
  await until(() => calls === 2);
});

/** A line to Valkey that can be cut. */
async function breakable(url: string) {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let broken = false;
  const server = createServer((socket) => {
    if (broken) return void socket.destroy();
    const onward = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on("error", () => undefined);
      from.on("close", () => to.destroy());
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.unshift(async () => void server.close()); // last of all
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      broken = true;
      for (const socket of sockets) socket.destroy();
      sockets.clear();
    },
    async mend() {
      broken = false;
    },
  };
}
