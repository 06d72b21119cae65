import { ORDER_ID } from "./orders.ts";
import type { Field, Kind } from "./field.ts";
import { trouble } from "../../../intake/value/trouble.ts";

const fields: Field[] = [
  ORDER_ID,
  {
    name: "sku",
    type: "id",
    headers: [
      "商品编号",
      "商品编码",
      "商品id",
      "货号",
      "sku编码",
      "商品",
      "商品名称",
      "产品编号",
      "product id",
      "product",
      "item",
      "item id",
    ],
  },
  {
    name: "category",
    type: "text",
    headers: ["类目", "品类", "分类", "商品类目", "商品分类", "商品类别", "类别", "product category"],
  },
  { name: "qty", type: "number", headers: ["数量", "件数", "购买数量", "商品数量", "quantity", "units"] },
  {
    name: "price",
    type: "money",
    headers: ["单价", "商品单价", "成交单价", "价格", "售价", "unit price", "item price"],
  },
];

/** order_id, sku, category, qty, price, data */
export const orderItems: Kind = {
  fields,
  extras: "data",
  stage({ fields, extras }) {
    const qty = fields.get("qty") ?? "1";
    if (!(Number(qty) > 0) || Number(qty) > 1e9)
      return { field: "qty", trouble: trouble("the quantity must be above zero", "数量必须大于零") };
    return [
      fields.get("order_id")!,
      fields.get("sku") ?? null,
      fields.get("category") ?? null,
      qty,
      fields.get("price") ?? null,
      JSON.stringify(extras),
    ];
  },
};
