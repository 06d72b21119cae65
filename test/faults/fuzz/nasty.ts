import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { uniformInt } from "pure-rand/distribution/uniformInt";

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** What programs trip over. */
const STRINGS = [
  "",
  " ",
  "a",
  "王小明",
  "👩‍👩‍👧",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "\udc00x",
  "\u202e\ufeff\u2028",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "'; drop table events; --",
  '"}],"x":[{"',
  "{{ 7 | times: 7 }}",
  "${jndi:ldap://x}",
  "<script>alert(1)</script>",
  "%00%ff%c0%af",
  "../../../etc/passwd",
  "file:///etc/passwd",
  "http://169.254.169.254/",
  "2026-02-30T25:61:61Z",
  "2026-04-01T10:00:00+99:99",
  "0000-00-00T00:00:00Z",
  "+275760-09-13T00:00:00Z",
  "1e999",
  "-9223372036854775809",
  "NaN",
  "null",
  "P1D",
  "P99999999999D",
  "order.paid",
  "check_in",
  "consent.changed",
  "anonymous:x",
];
const NUMBERS = [0, -0, 1, -1, 0.1, 1e21, 1e308, -1e308, 5e-324, 2 ** 31, 2 ** 53, 2 ** 63, 1e-7, 99999999999999];

/** Everything that the fuzz test makes up, the same for a seed. */
export class Nasty {
  private readonly random;
  constructor(seed: number) {
    this.random = xoroshiro128plus(seed);
  }
  int(least: number, most: number): number {
    return uniformInt(this.random, least, most);
  }
  chance(one: number): boolean {
    return this.int(1, one) === 1;
  }
  pick<T>(list: readonly T[]): T {
    return list[this.int(0, list.length - 1)]!;
  }
  string(): string {
    switch (this.int(0, 9)) {
      case 0:
        return "x".repeat(this.pick([255, 256, 257, 1_000, 5_000]));
      case 1:
        return Array.from({ length: this.int(1, 12) }, () => String.fromCodePoint(this.int(0, 0x2fff))).join("");
      case 2:
        return this.pick(STRINGS) + this.pick(STRINGS);
      default:
        return this.pick(STRINGS);
    }
  }
  json(deep = 4): Json {
    switch (this.int(0, deep > 0 ? 9 : 5)) {
      case 0:
        return null;
      case 1:
        return this.chance(2);
      case 2:
        return this.pick(NUMBERS);
      case 3:
        return this.int(-(2 ** 31), 2 ** 31 - 1);
      case 4:
      case 5:
        return this.string();
      case 6:
      case 7:
        return Array.from({ length: this.int(0, 4) }, () => this.json(deep - 1));
      case 8:
        return this.chance(20) ? this.nested(this.pick([31, 33, 99, 101, 3_000])) : [];
      default:
        return this.object(deep);
    }
  }
  object(deep = 4): { [name: string]: Json } {
    const names = Array.from({ length: this.int(0, 5) }, () => this.string());
    return Object.fromEntries(names.map((name) => [name, this.json(deep - 1)]));
  }
  /** A good object of which up to three fields, anywhere, are something else, gone, or one too many. */
  spoiled<T extends Json>(good: T): Json {
    const copy = structuredClone(good) as Json;
    for (let i = this.int(1, 3); i > 0; i--) this.spoil(copy);
    return copy;
  }
  /** Written as JSON; now and then a number in it is beyond what a double holds. */
  written(json: Json): string {
    const text = JSON.stringify(json);
    return this.chance(20)
      ? text.replace(/(?<=[:[,])-?\d+(?=[,}\]])/, this.pick(["1e999", "-1e999", "9".repeat(400)]))
      : text;
  }
  /** Text as it is, or with bytes put in, taken out or changed. */
  bytes(text: string): Buffer {
    const bytes = Buffer.from(text);
    if (this.chance(2) || bytes.length === 0) return bytes;
    if (this.chance(3)) return bytes.subarray(0, this.int(0, bytes.length));
    for (let i = this.int(1, 6); i > 0; i--) bytes[this.int(0, bytes.length - 1)] = this.int(0, 255);
    return bytes;
  }
  noise(most: number): Buffer {
    return Buffer.from(Array.from({ length: this.int(0, most) }, () => this.int(0, 255)));
  }

  private spoil(json: Json): void {
    if (typeof json !== "object" || json === null) return;
    const names = Object.keys(json);
    const name = names.length === 0 || this.chance(6) ? this.string() : this.pick(names);
    const at = json as { [name: string]: Json };
    const inner = Object.hasOwn(at, name) ? at[name]! : null;
    if (typeof inner === "object" && inner !== null && !this.chance(3)) this.spoil(inner);
    else if (this.chance(4)) delete at[name];
    else Object.defineProperty(at, name, { value: this.json(), enumerable: true, writable: true, configurable: true });
  }
  private nested(levels: number): Json {
    let json: Json = "deep";
    for (let i = 0; i < levels; i++) json = i % 2 === 0 ? [json] : { a: json };
    return json;
  }
}
