// Where everything in the twin lives: loopback addresses that say in their digits which place is called from where.
// Place i has the octet 10+i; a link from i to j listens on 127.<i>.<j>.1, so that each directed pair can be cut by itself.
import { createServer } from 'node:net';
import { once } from 'node:events';

/** `users`, `global` or the name of a region. */
export type Place = string;
/** The pair that serves and the witness, in this order: the index is the octet. */
export type Regions = readonly [string, string, string];

export const USERS: Place = 'users';
export const GLOBAL: Place = 'global';
export const DEFAULT_REGIONS: Regions = ['us-east-1', 'us-west-2', 'us-east-2'];

const FIRST_REGION_OCTET = 10;
const GLOBAL_OCTET = 98;
const USERS_OCTET = 99;

/** All places of a twin, in the order of their octets. */
export const placesOf = (regions: Regions = DEFAULT_REGIONS): readonly Place[] => [...regions, GLOBAL, USERS];

/** The octet of a place. Throws on a name that is no place: a typing error must not become a path to nowhere. */
export function octetOf(place: Place, regions: Regions = DEFAULT_REGIONS): number {
  if (place === USERS) return USERS_OCTET;
  if (place === GLOBAL) return GLOBAL_OCTET;
  const index = regions.indexOf(place);
  if (index < 0) throw new RangeError(`"${place}" is no place of the twin; places are ${placesOf(regions).join(', ')}`);
  return FIRST_REGION_OCTET + index;
}

/** The address on which a place serves, as public DNS publishes it: 127.0.<octet>.1. */
export const addressOf = (place: Place, regions?: Regions): string => `127.0.${octetOf(place, regions)}.1`;

/** Where a region's PostgreSQL listens behind its ingress: 127.0.<octet>.2. Nothing but the ingress and its owner connects to it. */
export const privateAddressOf = (place: Place, regions?: Regions): string => `127.0.${octetOf(place, regions)}.2`;

/** How `from` reaches `to`: directly inside a place, by a link's address otherwise. */
export function linkAddress(from: Place, to: Place, regions?: Regions): string {
  return from === to ? addressOf(to, regions) : `127.${octetOf(from, regions)}.${octetOf(to, regions)}.1`;
}

/** How a place sees published addresses: those of other places become the address of its link to them; all others stay. */
export function viewOf(place: Place, regions: Regions = DEFAULT_REGIONS): (address: string) => string {
  octetOf(place, regions);
  const seen = new Map(placesOf(regions).map((other) => [addressOf(other, regions), linkAddress(place, other, regions)]));
  return (address) => seen.get(address) ?? address;
}

/** Every address that a twin may listen on. */
export function allAddresses(regions: Regions = DEFAULT_REGIONS): readonly string[] {
  const places = placesOf(regions);
  const links = places.flatMap((from) => places.filter((to) => to !== from).map((to) => linkAddress(from, to, regions)));
  return [...places.map((place) => addressOf(place, regions)), ...regions.map((region) => privateAddressOf(region, regions)), ...links];
}

/** An address of the twin cannot be bound; the message holds the commands that add what is missing. */
export class AddressUnavailableError extends Error {
  override readonly name = 'AddressUnavailableError';
  readonly commands: readonly string[];
  constructor(missing: readonly string[], commands: readonly string[]) {
    super(`this machine does not answer on ${missing.length} loopback address(es) that the twin needs. Add them with:\n${commands.join('\n')}`);
    this.commands = commands;
  }
}

/** The command that makes an address usable. Linux owns all of 127.0.0.0/8 unless the loopback interface was changed; macOS only 127.0.0.1. */
export function commandToAdd(address: string, platform: NodeJS.Platform = process.platform): string {
  return platform === 'darwin' ? `sudo ifconfig lo0 alias ${address} up` : `sudo ip address add ${address}/32 dev lo`;
}

/** Checks that all addresses can be bound, before anything is started. Throws AddressUnavailableError. */
export async function assertBindable(addresses: readonly string[], platform: NodeJS.Platform = process.platform): Promise<void> {
  const found = await Promise.all(addresses.map(async (address) => ({ address, bound: await canBind(address) })));
  const missing = found.filter(({ bound }) => !bound).map(({ address }) => address);
  if (missing.length > 0) throw new AddressUnavailableError(missing, missing.map((address) => commandToAdd(address, platform)));
}

async function canBind(address: string): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ host: address, port: 0 });
    await once(server, 'listening');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRNOTAVAIL') return false;
    throw error;
  } finally {
    server.close();
  }
}
