import { z } from "zod";

/** From Monday, as the machine counts them. */
export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** "mon" -> 0 */
export const weekday = z.enum(WEEKDAYS);
