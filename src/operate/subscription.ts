import { randomBytes, randomUUID } from "node:crypto";
import { letterOf } from "../delivery/letter.ts";
import { objection, post, type Posted } from "../channel/webhook.ts";
import type { Text } from "../campaign/program.ts";
import type { Config } from "../config.ts";
import { absent, error, type Fault, InputError, nearest, pointer, refuse } from "../fault.ts";
import { now, readClock } from "../store/clock.ts";
import { type Database, transaction } from "../store/database.ts";
import { listDead, type DeadNotice, retryDead } from "../store/notice.ts";
import { lockWatches, NOTICE_TYPES, type NoticeType, setWatches } from "../store/notice-trigger.ts";
import { seal, unseal } from "../store/sealed.ts";
import {
  deleteSubscription,
  findTarget,
  insertSubscription,
  listSubscriptions,
  pauseSubscription,
  replaceSecret,
  resumeSubscription,
  type SubscriptionView,
} from "../store/subscription.ts";
import type { Page } from "./page.ts";

export interface SubscriptionWish {
  /** "crm": small letters, digits, hyphens */
  id: string;
  /** where events are posted to */
  url: string;
  /** of NOTICE_TYPES; "message.*" for all that begin so, "*" for all there are today */
  types: string[];
  /** most events in one request; 1: each comes alone */
  batch?: number;
  /** who asks for it */
  by: string;
}

/** With its secret, which is shown this once. */
export interface NewlySubscribed {
  subscription: SubscriptionView;
  secret: string;
}

/** From its commit on everything that happens is kept for it. @throws InputError with all that is wrong with the wish */
export async function subscribe(db: Database, config: Config, wish: SubscriptionWish): Promise<NewlySubscribed> {
  const types = wish.types.flatMap(typesOf);
  const faults = [...idFaults(wish.id), ...urlFaults(wish.url, config), ...typeFaults(wish.types)];
  if (faults.length > 0) throw new InputError(faults);
  const secret = newSecret();
  const row = {
    ...wish,
    types: [...new Set(types)].sort(),
    batch: wish.batch ?? 1,
    secret: seal(secret, config.secret!),
  };
  await patiently(() =>
    transaction(db, async (tx) => {
      await lockWatches(tx);
      if (!(await insertSubscription(tx, row, await now(tx)))) {
        throw refuse("/id", { en: `there is a subscription "${wish.id}"`, "zh-CN": `订阅 "${wish.id}" 已存在` });
      }
      await setWatches(tx, { drop: false });
    }),
  );
  return { subscription: await findSubscription(db, wish.id), secret };
}

/** @throws InputError when there is none of that name */
export async function findSubscription(db: Database, id: string): Promise<SubscriptionView> {
  const [found] = await listSubscriptions(db, id);
  if (!found) throw await noSuch(db, id);
  return found;
}

/** What it was not yet told is dropped with it. @throws InputError when there is none of that name */
export async function unsubscribe(db: Database, id: string): Promise<void> {
  if (!(await transaction(db, (tx) => deleteSubscription(tx, id)))) throw await noSuch(db, id);
  // a trigger that stays behind writes nothing; the next change of subscriptions takes it off
  await transaction(db, async (tx) => {
    await lockWatches(tx);
    await setWatches(tx, { drop: true });
  }).catch((failure: unknown) => {
    if (!isLockTimeout(failure)) throw failure;
  });
}

/** What happens meanwhile is kept for it. @throws InputError when there is none of that name */
export async function pauseTelling(db: Database, id: string): Promise<SubscriptionView> {
  if (!(await pauseSubscription(db, id, "by hand"))) throw await noSuch(db, id);
  return findSubscription(db, id);
}

/** Afterwards wake the lane "notice". @throws InputError when there is none of that name */
export async function resumeTelling(db: Database, id: string): Promise<SubscriptionView> {
  if (!(await resumeSubscription(db, id))) throw await noSuch(db, id);
  return findSubscription(db, id);
}

/** For so long both secrets sign. @returns the new one, shown this once @throws InputError when there is none of that name */
export async function rotateSecret(db: Database, config: Config, id: string, graceHours: number): Promise<string> {
  const secret = newSecret();
  const replaced = await replaceSecret(db, id, seal(secret, config.secret!), graceHours * 3_600_000);
  if (!replaced) throw await noSuch(db, id);
  return secret;
}

/** Posts one event of type "subscription.test" now. @throws InputError when there is none of that name, or on a demo clock */
export async function trySubscription(db: Database, config: Config, id: string): Promise<Posted> {
  const target = await findTarget(db, id);
  if (!target) throw await noSuch(db, id);
  const clock = await readClock(db);
  if (clock.rate !== 1) throw refuse("", { en: "on a demo clock nothing leaves", "zh-CN": "演示时钟下不向外发送" });
  const secret = target.secrets.flatMap((sealed) => unseal(sealed, config.secret!) ?? []);
  if (secret.length === 0) return { result: "failed", reason: "secret-unreadable" };
  const event = {
    id: randomUUID(),
    type: "subscription.test",
    subject: null,
    at: clock.now,
    data: { subscription: id },
  };
  const letter = letterOf([event], config.schema, target.batch > 1);
  return post({ ...letter, url: target.url, secret, timeoutMs: 10_000 }, config.webhookPrivateHosts);
}

/** `after`: the last one's `nr`. @throws InputError when there is none of that name */
export async function deadNotices(
  db: Database,
  id: string,
  { limit, after }: Page<number> & { limit: number },
): Promise<DeadNotice[]> {
  const dead = await listDead(db, id, limit, after);
  if (dead.length === 0) await findSubscription(db, id);
  return dead;
}

/** Afterwards wake the lane "notice". @returns how many @throws InputError when there is none of that name */
export async function retryNotices(db: Database, id: string, ids?: string[]): Promise<number> {
  const retried = await retryDead(db, id, ids);
  if (retried === 0) await findSubscription(db, id);
  return retried;
}

/** One that does not get what it asked for, and how to mend that; one that somebody has paused is as they want it. */
export interface Unheard {
  what: string;
  ok: false;
  detail: Text;
  hint: Text;
}

/** Of all subscriptions those that are failing, or were paused because of it. */
export async function troubledSubscriptions(db: Database): Promise<Unheard[]> {
  const all = await listSubscriptions(db);
  const troubled = all.filter(({ status, reason, failingSince }) =>
    status === "paused" ? reason !== "by hand" : failingSince !== null,
  );
  return troubled.map(({ id, status, reason, trouble, pending, dead }) => {
    const why = (status === "paused" ? reason : trouble) ?? "?";
    const count = { en: `${pending} wait, ${dead} dead`, "zh-CN": `待发 ${pending}，死信 ${dead}` };
    const said = {
      paused: { en: `paused: ${why}`, "zh-CN": `已暂停：${why}` },
      active: { en: `failing: ${why}`, "zh-CN": `失败：${why}` },
    }[status];
    const mend = {
      paused: {
        en: `mend the other side, then: subscription resume ${id}`,
        "zh-CN": `修复对方后：subscription resume ${id}`,
      },
      active: {
        en: `it is tried again by itself; subscription test ${id}`,
        "zh-CN": `会自动重试；subscription test ${id}`,
      },
    }[status];
    return {
      what: `subscription ${id}`,
      ok: false,
      detail: { en: `${said.en} (${count.en})`, "zh-CN": `${said["zh-CN"]}（${count["zh-CN"]}）` },
      hint: mend,
    };
  });
}

function newSecret(): string {
  return `whsec_${randomBytes(24).toString("base64")}`;
}

function idFaults(id: string): Fault[] {
  if (/^[a-z][a-z0-9-]{0,62}$/.test(id)) return [];
  return [
    error(
      "/id",
      { en: "is not a name for a subscription", "zh-CN": "不能作为订阅名称" },
      { en: 'small letters, digits and hyphens: "crm"', "zh-CN": '小写字母、数字和连字符，如 "crm"' },
    ),
  ];
}

function urlFaults(url: string, config: Config): Fault[] {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  if (!target || url.length > 2_000) return [error("/url", { en: "is not an address", "zh-CN": "不是有效的地址" })];
  if (target.username || target.password) {
    return [error("/url", { en: "may not hold a password", "zh-CN": "地址中不能包含密码" })];
  }
  const why = objection(target, config.webhookPrivateHosts);
  if (why === undefined) return [];
  const message = {
    "not-https": { en: "must begin with https://", "zh-CN": "必须以 https:// 开头" },
    "inside-address": { en: "lies inside this network", "zh-CN": "是内网地址" },
  }[why];
  return [
    error("/url", message, {
      en: "hosts in WEBHOOK_PRIVATE_HOSTS are exempt",
      "zh-CN": "WEBHOOK_PRIVATE_HOSTS 中的主机除外",
    }),
  ];
}

function typesOf(wanted: string): NoticeType[] {
  if (!wanted.endsWith("*")) return NOTICE_TYPES.filter((type) => type === wanted);
  return NOTICE_TYPES.filter((type) => type.startsWith(wanted.slice(0, -1)));
}

function typeFaults(types: string[]): Fault[] {
  if (types.length === 0) return [error("/types", { en: "names nothing", "zh-CN": "没有指定类型" })];
  return types.flatMap((type, i) => {
    if (typesOf(type).length > 0) return [];
    const message = { en: `there is no type "${type}"`, "zh-CN": `没有类型 "${type}"` };
    return [error(pointer("types", i), message, nearest(type, NOTICE_TYPES))];
  });
}

async function noSuch(db: Database, id: string): Promise<InputError> {
  const known = (await listSubscriptions(db)).map((one) => one.id);
  return absent(id, { en: `there is no subscription "${id}"`, "zh-CN": `没有订阅 "${id}"` }, nearest(id, known));
}

const TRIES = 5;

/** A trigger waits for whoever writes its table; a run with many members may be being launched. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (failure) {
      if (!isLockTimeout(failure)) throw failure;
      if (attempt >= TRIES) {
        throw refuse("", {
          en: "the tables to be watched are busy; try again in a minute",
          "zh-CN": "相关数据表正忙，请稍后重试",
        });
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

function isLockTimeout(failure: unknown): boolean {
  return (failure as { code?: string }).code === "55P03";
}
