// Made of the routes by `npm run client`; not to be edited.
import type { Task } from "./schemas.ts";

export interface TasksRoutes {
  /** Calls, plan rows and other work for people, the most urgent first */
  "GET /v1/tasks": { query?: { limit?: number; after?: string; run?: string; team?: string; customer?: string; all?: "0" | "1" | "true" | "false" }; answer: { items: Task[]; next: string | null } };
  /** One task */
  "GET /v1/tasks/{id}": { path: { id: string }; answer: Task };
  /** Records what came of a task; the customer's journey goes on with it */
  "POST /v1/tasks/{id}/done": { path: { id: string }; body: { /** one of the task's outcomes; calls need one */ outcome?: string; note?: string }; answer: { id: string; /** open: nobody was reached, and it is to be tried again */ status: "done" | "open"; attemptsLeft: number; late: boolean; /** of a gate: by how many days later phases move */ movedDays: number; /** of a gate: members who go on */ released: number } };
}
