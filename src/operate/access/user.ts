import { absent, error, type Fault, InputError, nearest, refuse } from "../../fault.ts";
import { now } from "../../store/clock.ts";
import { type Database, transaction } from "../../store/database.ts";
import { endSessionsOf } from "../../store/session.ts";
import { forgive } from "../../store/sign-in-failure.ts";
import { insertUser, listUsers, updateUser, type User, type UserChange } from "../../store/user.ts";
import { hashPassword, passwordFaults } from "./password.ts";
import { roleOf, scopeFaults, unknownRole } from "./role.ts";
import { userCount } from "./sign-in.ts";

export interface NewUser {
  name: string;
  role: string;
  password: string;
  /** whose tasks and customers they see: sales, service */
  team?: string;
  person?: string;
}

/** @throws InputError with every fault */
export async function createUser(db: Database, asked: NewUser): Promise<User> {
  const { name, role: wanted, password, team, person } = asked;
  const role = roleOf(wanted);
  const faults = [
    ...nameFaults(name),
    ...(role ? scopeFaults(role, { team, person }, "users") : [unknownRole(wanted)]),
    ...passwordFaults(password, name),
  ];
  if (faults.length > 0) throw new InputError(faults);
  const hashed = await hashPassword(password);
  const at = await now(db);
  const user = { name, role: role!, person: person ?? null, team: team ?? null };
  const made = await transaction(db, (tx) => insertUser(tx, { ...user, password: hashed }, at));
  if (made) return { ...user, created_at: at, password_at: at, disabled_at: null };
  throw refuse("/name", { en: `there is a user "${name}" already`, "zh-CN": `用户 "${name}" 已存在` });
}

export interface AskedChange {
  role?: string;
  team?: string | null;
  person?: string | null;
  password?: string;
  disabled?: boolean;
}

/** Signs them out everywhere, unless only team or person changes. @throws InputError when there is no such user, or for what is wrong */
export async function changeUser(
  db: Database,
  name: string,
  asked: AskedChange,
): Promise<User & { signedOut: number }> {
  const { role: wanted, password, ...rest } = asked;
  const role = wanted === undefined ? undefined : roleOf(wanted);
  const faults: Fault[] = [];
  if (wanted !== undefined && !role) faults.push(unknownRole(wanted));
  if (password !== undefined) faults.push(...passwordFaults(password, name));
  if (faults.length > 0) throw new InputError(faults);
  const change: UserChange = {
    ...rest,
    ...(role && { role }),
    ...(password !== undefined && { password: await hashPassword(password) }),
  };
  const at = await now(db);
  const changed = await transaction(db, async (tx) => {
    const user = await updateUser(tx, name, change, at);
    if (!user) return undefined;
    const wrong = scopeFaults(user.role, { team: user.team ?? undefined, person: user.person ?? undefined }, "users");
    if (wrong.length > 0) throw new InputError(wrong);
    if (password !== undefined) await forgive(tx, userCount(name).what);
    const ends = role !== undefined || password !== undefined || change.disabled === true;
    return { ...user, signedOut: ends ? await endSessionsOf(tx, name) : 0 };
  });
  if (changed) return changed;
  const names = (await listUsers(db)).map((user) => user.name);
  throw absent(name, { en: `there is no user "${name}"`, "zh-CN": `没有用户 "${name}"` }, nearest(name, names));
}

function nameFaults(name: string): Fault[] {
  if (/^[a-z0-9][a-z0-9._@-]{0,99}$/.test(name)) return [];
  return [
    error("/name", {
      en: "a user's name has 1 to 100 small letters, digits, . _ @ -",
      "zh-CN": "用户名为 1 到 100 个小写字母、数字或 . _ @ -",
    }),
  ];
}
