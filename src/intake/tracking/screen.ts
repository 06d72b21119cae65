import type { Read } from "./call.ts";
import { viewed } from "./page.ts";

/** screen: screen.viewed, the same for an app. */
export const readScreen: Read = ({ json }) => ({ name: "screen.viewed", data: viewed(json), at: "/properties" });
