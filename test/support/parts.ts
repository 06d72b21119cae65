import type { TestProject } from "vitest/node";
import { readConfig } from "../../src/config.ts";
import { useParts } from "../../src/local/parts.ts";

/** Starts (or joins) the embedded parts once for the whole suite; a part that has a URL in the environment is used as it is. */
export default async function setup(project: TestProject) {
  const env = { REKINDLE_HOME: ".rekindle/test", ...process.env };
  const { config, release } = await useParts(readConfig(env), ["postgres", "temporal", "redis"]);
  project.provide("databaseUrl", config.databaseUrl!);
  project.provide("redisUrl", config.redisUrl!);
  project.provide("temporalAddress", config.temporalAddress!);
  return release;
}
