import { readConfig } from "../../src/config.ts";
import { type Part, useParts } from "../../src/local/parts.ts";

/** A command for the tests to kill: holds the parts that are named, and prints where they are. */
const { config } = await useParts(readConfig(process.env), process.argv.slice(2) as Part[]);
console.log(JSON.stringify(config));
setInterval(() => undefined, 1_000);
