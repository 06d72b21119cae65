export interface Recipient {
  to: string;
  /** not the person it was meant for */
  diverted: boolean;
}

const ADDRESS = /^[^\s<>@,;:"()[\]\\]+@[^\s<>@,;:"()[\]\\]+$/u;

/**
 * Where mail for an address goes. With safe recipients set (addresses or @domains), all others go to the first safe
 * address; undefined: nowhere, since only domains are safe or the address is none.
 */
export function recipientFor(address: string, safe: string[]): Recipient | undefined {
  if (!ADDRESS.test(address)) return undefined;
  if (safe.length === 0 || safe.some((entry) => covers(entry, address))) return { to: address, diverted: false };
  const first = safe.find((entry) => ADDRESS.test(entry));
  return first === undefined ? undefined : { to: first, diverted: true };
}

function covers(entry: string, address: string): boolean {
  const wanted = entry.toLowerCase();
  const given = address.toLowerCase();
  return wanted.startsWith("@") ? given.endsWith(wanted) : given === wanted;
}
