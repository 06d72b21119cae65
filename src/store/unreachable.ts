/**
 * Whether an error means that the database is away (restarting, out of connections, cut off), so that the same may go
 * well a little later: SQLSTATE classes 08, 53 and 57, the system's codes, and what the driver says without a code.
 */
export function isUnreachable(error: unknown): boolean {
  const { code = "", message = "" } = error as { code?: string; message?: string };
  if (/^(08|53|57)/.test(code) || /^E(CONN|PIPE|TIMEDOUT|HOSTUNREACH|NOTFOUND|AI_AGAIN)/.test(code)) return true;
  return (
    code === "" &&
    /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered)/.test(message)
  );
}
