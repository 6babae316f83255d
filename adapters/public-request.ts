// One HTTPS exchange with a host on the internet, for addresses that people have configured. The address is looked at where the connection is
// made, so that no name can lead into a private network or to the metadata of a machine; redirects are answers and are not followed.
import { lookup as resolve, type LookupAddress } from 'node:dns';
import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { RefusedByAwsError } from '../domain/errors.ts';

export interface PublicRequest { readonly url: string; readonly method: 'GET' | 'POST'; readonly headers: Readonly<Record<string, string>>; readonly body?: string; readonly timeoutMs: number }
export interface PublicAnswer { readonly status: number; readonly text: string }
/** `loopback`: for a test's own server, by plain HTTP. */
export type Reach = 'public' | 'loopback';

/** An answer of a tracker is some KB; a list of a hundred issues a few hundred. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

/** IANA's special-purpose registries for IPv4 and IPv6: nothing in them is a host on the internet. */
const NOT_PUBLIC = new BlockList();
for (const [net, bits] of [['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15], ['224.0.0.0', 4], ['240.0.0.0', 4]] as const) NOT_PUBLIC.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [['::', 128], ['::1', 128], ['64:ff9b::', 96], ['64:ff9b:1::', 48], ['fc00::', 7], ['fe80::', 10], ['ff00::', 8]] as const) NOT_PUBLIC.addSubnet(net, bits, 'ipv6');

export const isPublic = (address: string): boolean => !NOT_PUBLIC.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Rejects with RefusedByAwsError for an address that must not be asked, with any other error when there was no whole answer in time. */
export async function publicRequest({ url, method, headers, body, timeoutMs }: PublicRequest, reach: Reach = 'public'): Promise<PublicAnswer> {
  const target = new URL(url);
  const host = target.hostname.replace(/^\[|\]$/g, '');
  if (target.protocol !== 'https:' && reach === 'public') throw new RefusedByAwsError(`${target.origin}: only https is asked`);
  if (isIP(host) !== 0 && !mayAsk(host, reach)) throw notPublic(host);
  const send = target.protocol === 'https:' ? tlsRequest : plainRequest;
  return new Promise((answered, failed) => {
    const request = send(target, { method, headers, lookup: guarded(reach), signal: AbortSignal.timeout(timeoutMs), agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > ANSWER_BYTES_MAX) response.destroy(new Error(`the answer exceeds ${ANSWER_BYTES_MAX} bytes`));
        else chunks.push(chunk);
      });
      response.on('end', () => { answered({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }); });
      response.on('error', failed);
      response.on('aborted', () => { failed(new Error('the answer broke off')); });
    });
    request.on('error', failed);
    request.end(body);
  });
}

const mayAsk = (address: string, reach: Reach): boolean => (reach === 'public' ? isPublic(address) : /^127\.|^::1$/.test(address));
const notPublic = (host: string): RefusedByAwsError => new RefusedByAwsError(`${host} is no address on the internet: it is not asked`);

/** Resolves as Node does; one address that must not be asked makes all of them suspect. */
const guarded = (reach: Reach): LookupFunction => (host, options, done) => {
  resolve(host, { ...options, all: true }, (error, found) => {
    if (error !== null) return done(error, '');
    const addresses = found as readonly LookupAddress[];
    const [first] = addresses;
    if (first === undefined || !addresses.every(({ address }) => mayAsk(address, reach))) return done(notPublic(host), '');
    if (options.all === true) done(null, [...addresses]);
    else done(null, first.address, first.family);
  });
};
