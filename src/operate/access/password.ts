import { error, type Fault } from "../../fault.ts";

/** Argon2id as OWASP's password storage cheat sheet asks for: 19 MiB, two passes, one lane. */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** At once, so that neither memory nor the threads that also read files are taken by people signing in. */
const AT_ONCE = 2;
const MOST_WAITING = 50;

const SHORTEST = 12;
const LONGEST = 200;

/** More passwords wait to be looked at than are worth waiting for. */
export class CrowdedError extends Error {}

export async function hashPassword(password: string): Promise<string> {
  return inTurn(async () => (await argon2()).hash(normal(password), ARGON2ID));
}

/** Takes as long without a hash to compare with (nobody of that name) as with one, and is false then. */
export async function verifyPassword(password: string, against: string | undefined): Promise<boolean> {
  const known = against ?? (await nobodys());
  const right = await inTurn(async () => (await argon2()).verify(known, normal(password)));
  return right && against !== undefined;
}

/** What keeps a new password from being one, for user `name`. */
export function passwordFaults(password: string, name: string): Fault[] {
  const length = Array.from(password).length;
  if (length < SHORTEST || length > LONGEST) {
    return [
      error("/password", {
        en: `a password has ${SHORTEST} to ${LONGEST} characters`,
        "zh-CN": `密码长度为 ${SHORTEST} 到 ${LONGEST} 个字符`,
      }),
    ];
  }
  const plain = password.toLowerCase();
  if (!plain.includes(name.toLowerCase()) && new Set(plain).size >= 5) return [];
  return [
    error("/password", {
      en: "too easy to guess: it holds the user's name, or few different characters",
      "zh-CN": "密码过于简单：包含用户名，或不同字符过少",
    }),
  ];
}

/** The same text however a keyboard composes it. */
function normal(password: string): string {
  return password.normalize("NFKC");
}

/** Native code, loaded with the first password. */
const argon2 = () => import("@node-rs/argon2");

let decoy: Promise<string> | undefined;
async function nobodys(): Promise<string> {
  return (decoy ??= argon2().then(({ hash }) => hash("nobody has this password", ARGON2ID)));
}

let busy = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (busy >= AT_ONCE) {
    if (waiting.length >= MOST_WAITING) throw new CrowdedError("too many passwords at once");
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else busy += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else busy -= 1;
  }
}
