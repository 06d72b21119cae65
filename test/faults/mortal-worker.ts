import { type DatabaseConnection, type Driver, Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import type { Config } from "../../src/config.ts";
import { connectionConfig } from "../../src/store/database.ts";
import { openWorker } from "../../worker.ts";

/**
 * The worker as it is, on a database that ends the whole process (kill -9) as soon as the first transaction with a
 * certain statement is committed: before anybody else, Temporal above all, can hear of it.
 *
 * Arguments: the configuration as JSON, and a part of the fatal statement (none: an ordinary worker).
 */
const config = JSON.parse(process.argv[2]!) as Config;
const fatal = process.argv[3];

class MortalDialect extends PostgresDialect {
  override createDriver(): Driver {
    const driver = super.createDriver();
    const acquire = driver.acquireConnection.bind(driver);
    driver.acquireConnection = async () => mortal(await acquire());
    return driver;
  }
}

const known = new WeakSet<DatabaseConnection>();

function mortal(connection: DatabaseConnection): DatabaseConnection {
  if (fatal === undefined || known.has(connection)) return connection;
  known.add(connection);
  const execute = connection.executeQuery.bind(connection);
  let doomed = false;
  connection.executeQuery = async (query) => {
    if (query.sql.includes(fatal)) doomed = true;
    const answer = await execute<never>(query);
    if (doomed && query.sql === "commit") process.kill(process.pid, "SIGKILL");
    return answer;
  };
  return connection;
}

const pool = new pg.Pool({ ...connectionConfig({ url: config.databaseUrl!, schema: config.schema }), max: 8 });
const worker = await openWorker({ db: new Kysely({ dialect: new MortalDialect({ pool }) }), config });
await worker.done;
