import type { Mapping } from "../type/mapping.ts";

type Fields = Mapping["fields"];

const item: Record<string, { at: string | string[]; as: "text" | "number" }> = {
  sku: { at: ["/sku", "/product_id"], as: "text" },
  qty: { at: "/quantity", as: "number" },
};
const ORDER_ID: Fields = { order_id: { at: ["/order_id", "/orderId"], as: "text" } };
const CART_ID: Fields = { cart_id: { at: ["/cart_id", "/checkout_id"], as: "text" } };
const CURRENCY: Fields = { currency: { at: "/currency", as: "upper" } };
const ITEMS: Fields = { items: { each: "/products", data: item } };
/** what was paid, shipping and tax included, before what it is without them */
const PAID = ["/total", "/revenue", "/value", "/subtotal"];
const VALUE: Fields = { amount: ["/value", "/total", "/revenue", "/subtotal"] };

/** Names of Segment's e-commerce specification, and of its first version, and what they are here. docs/events.md lists them. */
const NAMES: [names: string[], type: string, fields: Fields][] = [
  [["Order Completed", "Completed Order"], "order.paid", { ...ORDER_ID, amount: PAID, ...CURRENCY, ...ITEMS }],
  // without an amount all of the order is given back, as the specification has it
  [["Order Refunded"], "order.refunded", { ...ORDER_ID, amount: PAID, ...CURRENCY, ...ITEMS }],
  [["Order Cancelled"], "order.cancelled", { ...ORDER_ID, ...CURRENCY, ...ITEMS }],
  [["Order Updated"], "order.updated", { ...ORDER_ID, amount: PAID, ...CURRENCY, ...ITEMS }],
  [["Cart Viewed"], "cart.updated", { ...CART_ID, ...VALUE, ...CURRENCY, ...ITEMS }],
  [
    ["Product Added", "Added Product"],
    "cart.updated",
    { ...CART_ID, ...CURRENCY, ...item, change: { value: "added" } },
  ],
  [
    ["Product Removed", "Removed Product"],
    "cart.updated",
    { ...CART_ID, ...CURRENCY, ...item, change: { value: "removed" } },
  ],
  [["Checkout Started"], "checkout.started", { ...ORDER_ID, ...VALUE, ...CURRENCY, ...ITEMS }],
  [["Product Viewed", "Viewed Product"], "product.viewed", { ...item, ...CURRENCY }],
  [["Product Clicked", "Clicked Product"], "product.clicked", { ...item, ...CURRENCY }],
  [["Products Searched"], "products.searched", {}],
  [["Product List Viewed", "Viewed Product Category"], "products.listed", { ...ITEMS }],
  [["Product Added to Wishlist"], "wishlist.added", { ...item }],
  [["Product Reviewed"], "product.reviewed", {}],
];

export const COMMERCE: ReadonlyMap<string, Mapping> = new Map(
  NAMES.flatMap(([names, type, fields]) => names.map((name): [string, Mapping] => [name, { type, fields }])),
);
