import { error, type Fault, nearest } from "../../fault.ts";
import { type Role, ROLES } from "../../store/api-key.ts";
import type { Text } from "../../campaign/program.ts";

export function roleOf(name: string): Role | undefined {
  return ROLES.find((one) => one === name);
}

export function unknownRole(name: string): Fault {
  return error("/role", { en: `there is no role "${name}"`, "zh-CN": `没有角色 "${name}"` }, nearest(name, ROLES));
}

const KINDS = {
  keys: { en: "keys", "zh-CN": "密钥" },
  users: { en: "users", "zh-CN": "用户" },
} satisfies Record<string, Text>;

/** Of whom sees only what is a team's or a person's: no role but these two. */
export function scopeFaults(
  role: string,
  { team, person }: { team?: string | undefined; person?: string | undefined },
  of: keyof typeof KINDS,
): Fault[] {
  if (role === "sales" || role === "service" || (team === undefined && person === undefined)) return [];
  return [
    error(team === undefined ? "/person" : "/team", {
      en: `only ${KINDS[of].en} with role sales or service are a team's or a person's`,
      "zh-CN": `仅 sales、service 角色的${KINDS[of]["zh-CN"]}可归属团队或个人`,
    }),
  ];
}
