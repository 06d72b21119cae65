import type { Config } from "../config.ts";
import { ServiceError } from "../fault.ts";
import { homeSecret, openHome } from "./home.ts";
import { checkReachable, REMOTES } from "./reach.ts";

export type Part = "postgres" | "temporal" | "redis" | "inbox";

export interface PartsInUse {
  /** with the URLs of the asked-for parts, secret and publicUrl filled in */
  config: Config;
  release(): Promise<void>;
}

const URL_OF = { postgres: "databaseUrl", temporal: "temporalAddress", redis: "redisUrl", inbox: "smtpUrl" } as const;

/**
 * Makes the parts available: one with a URL is looked at, the others are served by the home's supervisor until release.
 * @throws ServiceError that names what cannot be had and what to do
 */
export async function useParts(config: Config, parts: Part[]): Promise<PartsInUse> {
  const home = openHome(config.home);
  const remote = parts.filter((part) => config[URL_OF[part]] !== undefined);
  const embedded = parts.filter((part) => config[URL_OF[part]] === undefined);
  await Promise.all(remote.map((part) => checkReachable(REMOTES[part], config[URL_OF[part]]!)));
  if (embedded.length > 0) {
    throw new ServiceError(embedded.join(", "), "not embedded yet", { en: "set its URL", "zh-CN": "请设置其地址" });
  }
  return {
    config: {
      ...config,
      home: home.path,
      secret: config.secret ?? homeSecret(home),
      publicUrl: config.publicUrl ?? `http://127.0.0.1:${config.port}`,
    },
    release: async () => undefined,
  };
}
