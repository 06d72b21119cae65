import { error } from "../../fault.ts";
import { isTrouble, type Trouble } from "../value/trouble.ts";
import { parseLocale, parseZone } from "../value/word.ts";
import { linked } from "./alias.ts";
import { type Call, idOf, type Json, objectOf, type Read } from "./call.ts";

/** Traits that are no traits here, but names and addresses of the customer, or settings of their own. */
const CONTACTS: Record<string, "name" | "email" | "phone" | "wecom"> = {
  name: "name",
  email: "email",
  phone: "phone",
  wecom_id: "wecom",
  wecomId: "wecom",
};
const SETTINGS = ["locale", "timezone"];
const NAME_PARTS = ["firstName", "first_name", "lastName", "last_name"];

/**
 * identify: traits, name and addresses; never consent. A browser's key only says that a visitor is this customer: what it
 * said of traits and addresses, anybody could say of anybody.
 */
export const readIdentify: Read = (call) => {
  if (!call.public) return { name: "customer.identified", data: identity(call), at: "" };
  if (call.anonymousId !== undefined) return linked(call.anonymousId);
  return error(
    "/anonymousId",
    {
      en: "by a public key, identify says which visitor a customer was: anonymousId is missing",
      "zh-CN": "使用公开密钥时，identify 仅用于关联访客：缺少 anonymousId",
    },
    { en: "send traits from your backend, by a secret key", "zh-CN": "属性请由后端使用密钥提交" },
  );
};

function identity({ json, context, userId, anonymousId }: Call): Json {
  const sent = objectOf(json.traits);
  const traits: Json = {};
  const contacts: Json = {};
  const settings: Json = {};
  for (const [trait, value] of Object.entries(sent)) {
    if (Object.hasOwn(CONTACTS, trait)) contacts[CONTACTS[trait]!] = value;
    else if (SETTINGS.includes(trait) && typeof value === "string") settings[trait] = value;
    else if (!NAME_PARTS.includes(trait)) traits[trait] = value;
  }
  const parts = [sent.firstName ?? sent.first_name, sent.lastName ?? sent.last_name].map(idOf).filter(Boolean);
  if (contacts.name === undefined && parts.length > 0) contacts.name = parts.join(" ");
  const device = {
    ...said("locale", context.locale, parseLocale),
    ...said("timezone", context.timezone, parseZone),
  };
  return {
    ...(Object.keys(traits).length > 0 && { traits }),
    ...(Object.keys(contacts).length > 0 && { contacts }),
    ...settings,
    ...(anonymousId !== undefined && anonymousId !== userId && { anonymous_id: anonymousId }),
    ...(Object.keys(device).length > 0 && { device }),
  };
}

/** What a device says of itself is taken if it makes sense, and else passed over. */
function said(name: string, value: unknown, parse: (text: string) => string | Trouble): Json {
  const found = typeof value === "string" && value.length <= 100 ? parse(value) : undefined;
  return found === undefined || isTrouble(found) ? {} : { [name]: found };
}
