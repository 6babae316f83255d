// S3, as far as records need it: buckets that are there from the start, objects put once and read back, the lock and the public access of a bucket as
// they are described. No listing, no versions, no multipart, no copies; a locked object is only kept from being replaced by its precondition.
import * as client from '@aws-sdk/client-s3';
import type { GetObjectCommandInput, PutObjectCommandInput } from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { ACCOUNT_ID, AwsError, type CallContext, type Service } from '../service.ts';

export interface BucketSeed { readonly region: string; readonly name: string; readonly lock?: { readonly mode: 'GOVERNANCE' | 'COMPLIANCE'; readonly days: number }; readonly isOpen?: boolean }
interface Stored { readonly body: Uint8Array; readonly contentType: string }
interface Bucket extends BucketSeed { readonly objects: Map<string, Stored> }

export function s3Service({ buckets: seeds }: { readonly buckets: readonly BucketSeed[] }): Service {
  const buckets = new Map(seeds.map((seed): [string, Bucket] => [seed.name, { ...seed, objects: new Map() }]));
  const find = (name: string | undefined, owner: string | undefined, region: string): Bucket => {
    const found = buckets.get(name ?? '');
    if (found === undefined || found.region !== region) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', { status: 404 });
    if (owner !== undefined && owner !== ACCOUNT_ID) throw new AwsError('AccessDenied', 'Access Denied', { status: 403 });
    return found;
  };
  const handlers: Service['handlers'] = {
    PutObject: (input: Omit<PutObjectCommandInput, 'Body'> & { Body?: Uint8Array }, { region }: CallContext) => put(find(input.Bucket, input.ExpectedBucketOwner, region), input),
    GetObject: ({ Bucket: name, Key: key = '', ExpectedBucketOwner: owner }: GetObjectCommandInput, { region }: CallContext) => {
      const found = find(name, owner, region).objects.get(key);
      if (found === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404 });
      return { Body: found.body, ContentType: found.contentType, ContentLength: found.body.length };
    },
    GetObjectLockConfiguration: ({ Bucket: name, ExpectedBucketOwner: owner }: { Bucket?: string; ExpectedBucketOwner?: string }, { region }: CallContext) => {
      const { lock } = find(name, owner, region);
      if (lock === undefined) throw new AwsError('ObjectLockConfigurationNotFoundError', 'Object Lock configuration does not exist for this bucket', { status: 404 });
      return { ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: lock.mode, Days: lock.days } } } };
    },
    GetPublicAccessBlock: ({ Bucket: name, ExpectedBucketOwner: owner }: { Bucket?: string; ExpectedBucketOwner?: string }, { region }: CallContext) => {
      const closed = find(name, owner, region).isOpen !== true;
      return { PublicAccessBlockConfiguration: { BlockPublicAcls: closed, BlockPublicPolicy: closed, IgnorePublicAcls: closed, RestrictPublicBuckets: closed } };
    },
  };
  return { name: 's3', signingName: 's3', client: client as unknown as Record<string, unknown>, scope: 'regional', handlers };
}

function put({ objects }: Bucket, { Key: key = '', Body: body = new Uint8Array(), ContentType: contentType = 'binary/octet-stream', IfNoneMatch: condition }: Omit<PutObjectCommandInput, 'Body'> & { Body?: Uint8Array }) {
  if (condition !== undefined && condition !== '*') throw new AwsError('NotImplemented', 'A header you provided implies functionality that is not implemented', { status: 501 });
  if (condition === '*' && objects.has(key)) throw new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', { status: 412 });
  objects.set(key, { body, contentType });
  return { ETag: `"${createHash('md5').update(body).digest('hex')}"` };
}
