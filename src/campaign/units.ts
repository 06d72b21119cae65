/** A text in each language that people read. */
export interface Text {
  en: string;
  "zh-CN": string;
}

/** ISO 8601 duration, cut to what has one meaning: calendar days (of the customer's zone) and minutes. */
export interface Duration {
  days: number;
  minutes: number;
}

/** Minutes since 1970-01-01T00:00Z. All machine time is in this unit. */
export type Minute = number;
/** Days since 1970-01-01 of a local calendar. */
export type Day = number;
