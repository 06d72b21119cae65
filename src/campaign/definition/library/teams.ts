import { z } from "zod";
import { id, text } from "../leaf.ts";

/** rules/teams.json */
export const teamsDefinition = z
  .strictObject({ $schema: z.string().optional(), teams: z.record(id, z.strictObject({ name: text })) })
  .meta({ title: "Rekindle teams" });
