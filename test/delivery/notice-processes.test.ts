import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { typescriptArguments } from "../../src/local/process.ts";
import { findSubscription } from "../../src/operate/subscription.ts";
import { testSchema } from "../support/schema.ts";
import { subscribed, subscriber } from "./subscriber.ts";
import { configFor, START, until, world } from "./world.ts";

const own = await testSchema();
const { db, schema } = own;
const EVENTS = 600;
const KILLS = 4;

test(
  "deliver processes are killed at random: every event is told, under one id, and no more than those in hand twice",
  { timeout: 600_000 },
  async () => {
    const people = await world(db, 1);
    const other = await subscriber(() => new Promise((resolve) => setTimeout(resolve, 2, 200)));
    await subscribed(own, "crm", other.url, ["points.granted"]);
    const config = configFor(schema, { webhookPrivateHosts: ["127.0.0.1"], inboxUrl: "http://127.0.0.1:1" });
    const child = new URL("./child.ts", import.meta.url);
    const start = () =>
      spawn(process.execPath, [...typescriptArguments(child), JSON.stringify(config), "1500"], {
        stdio: ["ignore", "ignore", "inherit"],
      });
    let alive: ChildProcess[] = [start(), start()];
    const writing = (async () => {
      for (let n = 1; n <= EVENTS; n += 20) {
        await sql`
          insert into points (enrolment, key, customer, points, at)
          select ${people.enrolments[0]}, lpad(n::text, 6, '0'), ${people.customers[0]}, n, ${START}
          from generate_series(${n}::int, ${n + 19}::int) n`.execute(db);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    try {
      for (let kill = 1; kill <= KILLS; kill++) {
        await until(() => other.taken.length >= (kill * EVENTS) / (KILLS + 2));
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 100));
        // whoever has the subscription is among them
        const dead = alive.splice(0);
        for (const process of dead) process.kill("SIGKILL");
        await Promise.all(dead.map((process) => once(process, "exit")));
        alive = [start(), start()];
      }
      await writing;
      await until(async () => (await findSubscription(db, "crm")).told === EVENTS);
    } finally {
      for (const process of alive) process.kill("SIGKILL");
      other.close();
    }
    const idOf = new Map<unknown, string>();
    for (const { id, data } of other.taken) {
      expect(idOf.get(data.points) ?? id).toBe(id);
      idOf.set(data.points, id);
    }
    expect([...idOf.keys()].sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: EVENTS }, (_, i) => i + 1),
    );
    // first tellings come in order, however often some were repeated
    const firsts = [...idOf.keys()].map(Number);
    expect(firsts).toEqual([...firsts].sort((a, b) => a - b));
    expect(await findSubscription(db, "crm")).toMatchObject({ pending: 0, dead: 0 });
  },
);
