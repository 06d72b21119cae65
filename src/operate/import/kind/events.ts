import { pastMeaningOf } from "../../../intake/meaning.ts";
import { Trouble, trouble } from "../../../intake/value/trouble.ts";
import { CUSTOMER_ID } from "./customers.ts";
import type { Field, Kind } from "./field.ts";

const fields: Field[] = [
  {
    name: "event_id",
    type: "id",
    required: true,
    headers: ["事件编号", "事件id", "事件号", "编号", "message id", "id"],
  },
  CUSTOMER_ID,
  {
    name: "type",
    type: "type",
    required: true,
    headers: ["事件", "事件类型", "事件名称", "类型", "event", "event type", "event name"],
  },
  {
    name: "occurred_at",
    type: "time",
    required: true,
    headers: ["发生时间", "事件时间", "时间", "日期", "time", "timestamp", "event time", "date"],
  },
  { name: "data", type: "json", headers: ["数据", "属性", "properties"] },
];

/** event_id, customer_id, type, occurred_at, data */
export const events: Kind = {
  fields,
  extras: "data",
  time: 3,
  stage({ fields, extras }, home) {
    const sent = { ...(JSON.parse(fields.get("data") ?? "{}") as object), ...extras };
    const { type, data, faults } = pastMeaningOf(fields.get("type")!, sent, home);
    const [fault] = faults;
    if (fault) return { field: fault.pointer.slice(1), trouble: new Trouble(fault.message, fault.hint) };
    // addresses are kept nowhere but with the contacts, and an event of the past has no reaction that puts them there
    if (type === "customer.identified") return { field: "type", trouble: IMPORT_CUSTOMERS };
    return [
      fields.get("event_id")!,
      fields.get("customer_id")!,
      type,
      fields.get("occurred_at")!,
      JSON.stringify(data),
    ];
  },
};

const IMPORT_CUSTOMERS = trouble(
  "says who a customer is, which is no event of the past",
  "说明客户身份，不是历史事件",
  {
    en: "use `import customers`",
    "zh-CN": "请使用 import customers",
  },
);
