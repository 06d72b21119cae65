import { domainToASCII } from "node:url";
import { normalise } from "../../store/contact.ts";
import { plain, scientific, trouble, type Trouble } from "./trouble.ts";

const LOCAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;
const PHONE_MARKS = /^\+?[\d\s().\-–—/]+$/;

export function parseEmail(text: string): string | Trouble {
  const written = plain(text).replace(/^mailto:/i, "");
  const at = written.lastIndexOf("@");
  if (at < 0) return badEmail("there is no @", "缺少 @");
  const local = written.slice(0, at);
  const domain = domainToASCII(written.slice(at + 1));
  const labels = domain.split(".");
  if (/[\s,;]/.test(written)) return badEmail("there is a blank or a second address", "含有空格或多个地址");
  if (local.length > 64 || !LOCAL.test(local)) return badEmail("the part before @ is not valid", "@ 前的部分无效");
  if (
    domain.length > 253 ||
    labels.length < 2 ||
    !labels.every((label) => LABEL.test(label)) ||
    /^\d+$/.test(labels.at(-1)!)
  ) {
    return badEmail("the part after @ is not a domain", "@ 后的部分不是有效域名");
  }
  return `${local}@${domain}`;
}

function badEmail(en: string, zh: string): Trouble {
  return trouble(`not an e-mail address: ${en}`, `不是有效邮箱：${zh}`, {
    en: "one address per cell; leave it empty when there is none",
    "zh-CN": "每格只填一个邮箱；没有就留空",
  });
}

export function parsePhone(text: string): string | Trouble {
  const written = plain(text);
  const lost = scientific(written);
  if (lost) return lost;
  const digits = normalise("phone", written);
  const count = digits.replace("+", "").length;
  if (PHONE_MARKS.test(written) && count >= 5 && count <= 15) return digits;
  return trouble("not a phone number", "不是电话号码", {
    en: "one number per cell, digits only; with +country code when it is a foreign one",
    "zh-CN": "每格只填一个号码，只含数字；境外号码请加 +国家代码",
  });
}
