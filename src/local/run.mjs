// Plain JavaScript, because it runs before anything can read TypeScript.
import { pathToFileURL } from "node:url";
import { bundled } from "./bundle.mjs";

/** @param {string} file a TypeScript file of ours: from its bundle when it is what a process begins with, else as tsx reads it */
export async function run(file) {
  const made = await bundled(file);
  if (made === undefined) await import("tsx");
  else process.setSourceMapsEnabled(true);
  await import(pathToFileURL(made ?? file).href);
}
