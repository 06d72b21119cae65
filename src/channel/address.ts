import { lookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** Addresses that no outside party can have: this machine, private networks, links, multicast, tests, and ways around. */
const INSIDE = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const)
  INSIDE.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of [
  // this machine, and IPv4 as it was once written
  ["::", 96],
  // translated or tunnelled to IPv4
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["2001::", 32],
  ["2002::", 16],
  ["100::", 64],
  ["fec0::", 10],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const)
  INSIDE.addSubnet(network, prefix, "ipv6");

/** Whether an IP address is one of ours, or none at all; IPv4 in IPv6 notation is seen through. */
export function isInside(address: string): boolean {
  const family = isIP(address);
  return family === 0 || INSIDE.check(address, family === 4 ? "ipv4" : "ipv6");
}

export class InsideError extends Error {
  readonly code = "inside-address";
  constructor() {
    super("the address is inside");
  }
}

/**
 * Looks a name up for a connection and refuses what lies inside. The very addresses that were checked are connected to,
 * so a name that changes its mind in between gains nothing.
 */
export const lookupOutside: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, "", 0);
    const outside = addresses.filter(({ address }) => !isInside(address));
    const first = outside[0];
    if (!first) return done(new InsideError(), "", 0);
    if (options.all) return done(null, outside);
    return done(null, first.address, first.family);
  });
};
