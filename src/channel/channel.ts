/** A message ready to leave: filled in, addressed, decided. */
export interface OutgoingMessage {
  /** messages.id; becomes the Message-ID, so that a receiver can tell a repeat */
  id: string;
  /** address in the channel's own terms */
  to: string;
  subject: string;
  html: string;
  text: string;
  locale: string;
  kind: string;
  run: string;
  /** op name */
  step: string;
  /** clock time at which it was committed */
  date: Date;
  /** one-click address; absent for transactional messages */
  unsubscribe?: string;
}

export interface SendResult {
  /**
   * - accepted: the other side has taken it over
   * - rejected: it never will
   * - temporary: certainly not taken over; try later
   * - unknown: the connection was lost when it may have been taken over; never try again by itself
   */
  result: "accepted" | "rejected" | "temporary" | "unknown";
  /** what the other side said; without the address */
  response: string;
  /** with rejected: there is nobody at the address, so that it is not to be tried again with other messages either */
  bounced?: boolean;
  /** with temporary: the channel itself is out of order, not this message */
  down?: boolean;
}

/** A way to reach people. `send` never throws. */
export interface Channel {
  name: string;
  send(message: OutgoingMessage): Promise<SendResult>;
  close(): Promise<void>;
}
