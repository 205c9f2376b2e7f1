import { BlockList, isIP } from "node:net";

/**
 * Addresses that are no host of the public internet: this machine, private and shared networks, links (with the metadata services of
 * clouds), documentation, multicast, and those of IPv6 that stand for one of IPv4.
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const special = new BlockList();
for (const range of [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
]) {
  const [address, bits] = range.split("/");
  special.addSubnet(address!, Number(bits), "ipv4");
}
for (const range of ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"]) {
  const [address, bits] = range.split("/");
  special.addSubnet(address!, Number(bits), "ipv6");
}
/** All unicast addresses of the public internet are in it. */
const global = new BlockList();
global.addSubnet("2000::", 3, "ipv6");

/** Returns whether an IP address is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !special.check(address, "ipv4");
    case 6:
      return global.check(address, "ipv6") && !special.check(address, "ipv6");
    default:
      return false;
  }
}
