import "vitest";

declare module "vitest" {
  export interface ProvidedContext {
    /** parts that the whole suite shares; started by parts.ts unless the environment names them */
    databaseUrl: string;
    redisUrl: string;
    temporalAddress: string;
  }
}
