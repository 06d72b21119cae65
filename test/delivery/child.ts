import { openDelivery } from "../../src/delivery/delivery.ts";
import { openDatabase } from "../../src/store/database.ts";
import type { Config } from "../../src/config.ts";

/** A delivery process of its own, for tests that kill it: its arguments are the configuration as JSON and a lease in ms */
const config = JSON.parse(process.argv[2]!) as Config;
const db = openDatabase({ url: config.databaseUrl!, schema: config.schema });
await openDelivery({ db, config, secret: "a secret for these tests", leaseMs: Number(process.argv[3]), sweepMs: 100 });
console.log("ready");
