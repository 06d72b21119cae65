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
  stage({ fields, extras }) {
    const data = { ...(JSON.parse(fields.get("data") ?? "{}") as object), ...extras };
    return [
      fields.get("event_id")!,
      fields.get("customer_id")!,
      fields.get("type")!,
      fields.get("occurred_at")!,
      JSON.stringify(data),
    ];
  },
};
