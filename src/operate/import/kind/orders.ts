import { trouble } from "../../../intake/value/trouble.ts";
import { CUSTOMER_ID } from "./customers.ts";
import type { Field, Kind } from "./field.ts";

export const ORDER_ID: Field = {
  name: "order_id",
  type: "id",
  required: true,
  headers: [
    "订单号",
    "订单编号",
    "订单id",
    "订单编码",
    "单号",
    "交易号",
    "交易编号",
    "流水号",
    "order",
    "order no",
    "order number",
    "transaction id",
    "invoice no",
    "invoice",
  ],
};

const fields: Field[] = [
  { ...ORDER_ID, headers: [...ORDER_ID.headers, "编号", "id"] },
  CUSTOMER_ID,
  {
    name: "paid_at",
    type: "time",
    required: true,
    headers: [
      "付款时间",
      "支付时间",
      "付款日期",
      "支付日期",
      "成交时间",
      "交易时间",
      "下单时间",
      "订单时间",
      "购买时间",
      "消费时间",
      "下单日期",
      "订单日期",
      "交易日期",
      "购买日期",
      "日期",
      "时间",
      "paid time",
      "payment time",
      "payment date",
      "purchased at",
      "purchase date",
      "order date",
      "order time",
      "ordered at",
      "transaction date",
      "created at",
      "date",
      "time",
      "timestamp",
    ],
  },
  {
    name: "amount",
    type: "money",
    required: true,
    headers: [
      "实付金额",
      "实付",
      "实收金额",
      "支付金额",
      "付款金额",
      "成交金额",
      "交易金额",
      "消费金额",
      "订单金额",
      "金额",
      "总金额",
      "总价",
      "paid amount",
      "order amount",
      "total amount",
      "total",
      "revenue",
      "spent",
      "value",
    ],
  },
  { name: "currency", type: "currency", headers: ["币种", "货币"] },
  { name: "status", type: "status", headers: ["状态", "订单状态", "支付状态", "order status"] },
  { name: "refunded", type: "money", headers: ["退款金额", "已退金额", "refund amount", "refund"] },
];

/** order_id, customer_id, paid_at, amount, refunded, currency, status */
export const orders: Kind = {
  fields,
  extras: "nothing",
  time: 2,
  stage({ fields }, home) {
    const amount = fields.get("amount")!;
    const refunded = fields.get("refunded") ?? "0";
    const status = fields.get("status") ?? "paid";
    if (BigInt(refunded) > BigInt(amount)) {
      return { field: "refunded", trouble: trouble("more was refunded than was paid", "退款金额大于订单金额") };
    }
    const whole = status === "refunded" && refunded === "0";
    // paid back to the last cent is refunded, however the file words it; as when an event says so
    const nothingLeft = status === "paid" && BigInt(refunded) > 0n && BigInt(refunded) === BigInt(amount);
    return [
      fields.get("order_id")!,
      fields.get("customer_id")!,
      fields.get("paid_at")!,
      amount,
      whole ? amount : refunded,
      home.currency,
      nothingLeft ? "refunded" : status,
    ];
  },
};
