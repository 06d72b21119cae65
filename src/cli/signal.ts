/** Resolves when what is printed has no reader any more. */
export function untilUnread(): Promise<void> {
  return new Promise((resolve) => process.stdout.once("error", () => resolve()));
}

/** Resolves at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(130));
        resolve();
      });
    }
  });
}
