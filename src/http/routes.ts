import type { Parts } from "./parts.ts";
import type { AnyRoute } from "./route.ts";
import { campaignRoutes } from "./routes/campaigns.ts";
import { complaintRoutes } from "./routes/complaints.ts";
import { eventRoutes } from "./routes/events.ts";
import { healthRoutes } from "./routes/health.ts";
import { keyRoutes } from "./routes/keys.ts";
import { taskRoutes } from "./routes/tasks.ts";

/** Every address of the API, by noun; hosted pages, opened by signed links, are in pages.ts. */
export function apiRoutes(parts: Parts): AnyRoute[] {
  return [
    ...eventRoutes(parts),
    ...campaignRoutes(parts),
    ...taskRoutes(parts),
    ...complaintRoutes(parts),
    ...keyRoutes(parts),
    ...healthRoutes(parts),
  ];
}
