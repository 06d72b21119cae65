import { openLongWork } from "./long-work.ts";
import type { Parts } from "./parts.ts";
import type { AnyRoute } from "./route.ts";
import { auditRoutes } from "./routes/audit.ts";
import { budgetRoutes } from "./routes/budget.ts";
import { campaignRoutes } from "./routes/campaigns.ts";
import { complaintRoutes } from "./routes/complaints.ts";
import { customerRoutes } from "./routes/customers.ts";
import { dataRoutes } from "./routes/data.ts";
import { draftRoutes } from "./routes/drafts.ts";
import { eventLookRoutes } from "./routes/event-looks.ts";
import { eventRoutes } from "./routes/events.ts";
import { healthRoutes } from "./routes/health.ts";
import { importRoutes } from "./routes/imports.ts";
import { keyRoutes } from "./routes/keys.ts";
import { launchRoutes } from "./routes/launches.ts";
import { messageRoutes } from "./routes/messages.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { repairRoutes } from "./routes/repairs.ts";
import { reportRoutes } from "./routes/reports.ts";
import { ruleRoutes } from "./routes/rules.ts";
import { runRoutes } from "./routes/runs.ts";
import { segmentTableRoutes } from "./routes/segment-tables.ts";
import { segmentRoutes } from "./routes/segments.ts";
import { sessionRoutes } from "./routes/session.ts";
import { subscriptionRoutes } from "./routes/subscriptions.ts";
import { taskRoutes } from "./routes/tasks.ts";
import { trackingRoutes } from "./routes/tracking.ts";
import { userRoutes } from "./routes/users.ts";
import { webhookRoutes } from "./routes/webhooks.ts";

/** Every address of the API, by noun; hosted pages, opened by signed links, are in pages.ts. */
export function apiRoutes(parts: Parts): AnyRoute[] {
  const [looks, launches, imports] = [openLongWork(), openLongWork(), openLongWork()];
  return [
    ...eventRoutes(parts),
    ...eventLookRoutes(parts),
    ...trackingRoutes(parts),
    ...campaignRoutes(parts),
    ...draftRoutes(parts, looks),
    ...launchRoutes(parts, launches),
    ...runRoutes(parts),
    ...repairRoutes(parts, launches),
    ...reportRoutes(parts, looks),
    ...taskRoutes(parts),
    ...complaintRoutes(parts),
    ...keyRoutes(parts),
    ...customerRoutes(parts),
    ...segmentRoutes(parts, looks),
    ...segmentTableRoutes(parts, looks),
    ...ruleRoutes(parts, looks),
    ...dataRoutes(parts, looks),
    ...importRoutes(parts, imports),
    ...messageRoutes(parts),
    ...webhookRoutes(parts),
    ...subscriptionRoutes(parts),
    ...budgetRoutes(parts),
    ...sessionRoutes(parts),
    ...userRoutes(parts),
    ...auditRoutes(parts),
    ...healthRoutes(parts),
    ...metricsRoutes(parts),
  ];
}
