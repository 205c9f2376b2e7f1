import { lookup, type LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { Refusal } from "../../refusal.ts";
import { isPublicAddress } from "./public-address.ts";

/** Asks the system for all addresses of a name. */
export type Resolve = (
  name: string,
  done: (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void,
) => void;

/**
 * The hosts that an operator allows the server to call: names, `*.` and the end of names, or addresses, each on the port of the
 * scheme, or on one that is named too. A name is connected to at a public address alone, whatever its owner lets it resolve to; an
 * address of a private network has to be allowed as such.
 */
export class AllowedHosts {
  readonly #hosts: readonly string[];
  readonly #resolve: Resolve;

  constructor(hosts: readonly string[], resolve: Resolve = resolveAll) {
    this.#hosts = hosts.map((host) => (isIP(host) === 6 ? `[${host}]` : host).toLowerCase());
    this.#resolve = resolve;
  }

  /** Returns an address that may be called. @throws Refusal `url-refused` */
  check(address: string): URL {
    const url = URL.canParse(address) ? new URL(address) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol)) {
      throw new Refusal("url-refused", "Give an address that begins with http:// or https://");
    }
    if (url.username !== "" || url.password !== "") {
      throw new Refusal("url-refused", "An address with a name or password is not called.");
    }
    if (this.#hosts.some((host) => matches(host, url))) return url;
    const message = "The server may not call this host. Its operator allows it by --allow-host.";
    throw new Refusal("url-refused", message);
  }

  /** For `request` of `node:http`: what is connected to is what was checked, so that no second answer can differ. */
  readonly lookup: LookupFunction = (name, options, done) => {
    this.#resolve(name, (error, found) => {
      const [first] = found;
      if (error || first === undefined) return done(error ?? new Error("no address"), "");
      if (!found.every(({ address }) => isPublicAddress(address))) {
        const message =
          "The host has an address of a private network: its operator has to allow that address itself.";
        return done(new Refusal("url-refused", message), "");
      }
      return options.all ? done(null, found) : done(null, first.address, first.family);
    });
  };
}

function resolveAll(...[name, done]: Parameters<Resolve>): void {
  lookup(name, { all: true }, (error, found) => done(error, found));
}

function matches(allowed: string, { hostname, host, port }: URL): boolean {
  const name = hostname.replace(/\.$/, "");
  if (allowed.startsWith("*.")) {
    return port === "" && isIP(name) === 0 && name.endsWith(allowed.slice(1));
  }
  return port === "" ? allowed === name : allowed === host;
}
