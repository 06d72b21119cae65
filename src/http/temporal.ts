import { ServiceError } from "../fault.ts";
import type { Temporal } from "../temporal/client.ts";

/** The few routes that talk to Temporal; everything else about runs is rows. */
export interface TemporalDoor {
  /** Connects when first asked. @throws ServiceError when it cannot be reached */
  use<T>(work: (temporal: Temporal) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export function openTemporalDoor(open: () => Promise<Temporal>): TemporalDoor {
  let opened: Promise<Temporal> | undefined;
  return {
    async use(work) {
      opened ??= open();
      const opening = opened;
      const temporal = await opening.catch((failure: unknown) => {
        if (opened === opening) opened = undefined;
        throw failure;
      });
      try {
        return await work(temporal);
      } catch (failure) {
        const { isGrpcServiceError } = await import("@temporalio/client");
        if (!isGrpcServiceError(failure)) throw failure;
        throw new ServiceError("Temporal", "it does not answer", {
          en: "what was asked may be half done: ask again once it is back",
          "zh-CN": "操作可能只完成了一部分：待其恢复后请重试",
        });
      }
    },
    async close() {
      await (await opened?.catch(() => undefined))?.close();
    },
  };
}
