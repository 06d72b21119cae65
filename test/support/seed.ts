/** Where everything drawn in the suite begins; vitest.config.ts says how it comes about. */
export const SEED = Number(process.env.REKINDLE_TEST_SEED);
