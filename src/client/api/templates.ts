// Made of the routes by `npm run client`; not to be edited.

export interface TemplatesRoutes {
  /** Names of the sound templates */
  "GET /v1/templates": { answer: { items: { name: string }[] } };
  /** A template as its reader will see it */
  "GET /v1/templates/{name}/preview": { path: { name: string }; query?: { /** as Accept-Language says when left out */ locale?: "en" | "zh-CN"; /** with this customer's name and traits */ customer?: string }; answer: { subject: string; html: string; text: string } };
}
