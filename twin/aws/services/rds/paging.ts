// RDS's way of paging: MaxRecords between 20 and 100 and an opaque marker.
import { AwsError } from '../../service.ts';

const PAGE_MIN = 20;
const PAGE_MAX = 100;

export interface PageRequest {
  readonly MaxRecords?: number | undefined;
  readonly Marker?: string | undefined;
}

/** The page that a request asks for, and the marker of the next one when there is more. */
export function page<T>(all: readonly T[], { MaxRecords = PAGE_MAX, Marker }: PageRequest): { readonly items: readonly T[]; readonly next: { readonly Marker?: string } } {
  if (MaxRecords < PAGE_MIN || MaxRecords > PAGE_MAX) {
    throw new AwsError('InvalidParameterValue', `Invalid value ${MaxRecords} for MaxRecords. Must be between ${PAGE_MIN} and ${PAGE_MAX}`);
  }
  const from = Marker ? Number(Buffer.from(Marker, 'base64').toString('utf8')) : 0;
  if (!Number.isInteger(from) || from < 0) throw new AwsError('InvalidParameterValue', `Invalid marker: ${Marker}`);
  const end = from + MaxRecords;
  return { items: all.slice(from, end), next: end < all.length ? { Marker: Buffer.from(String(end)).toString('base64') } : {} };
}
