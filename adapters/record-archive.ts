// The bucket of records: each file is put once. S3 itself refuses a second one under the same key, the bucket holds the first by object lock,
// and a bucket that another account owns gets nothing.
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Region } from '../domain/plan.ts';
import type { RecordArchive } from '../domain/records.ts';
import { clientSettings } from './clients.ts';
import { asking } from './failures.ts';

/** Regional endpoints only: us-east-1's older global one would need that region. */
export const recordArchiveOf = (region: Region): RecordArchive => recordArchive(new S3Client({ ...clientSettings(region, 'reading'), useGlobalEndpoint: false }));

export function recordArchive(client: S3Client): RecordArchive {
  return {
    put: ({ bucket, account, key, text, contentType }) => asking({ action: 's3:PutObject', resource: `${bucket}/${key}` }, async () => {
      try {
        // The retention is the bucket's own; a checksum, which object lock asks for, is sent by the SDK.
        await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: contentType, IfNoneMatch: '*', ExpectedBucketOwner: account }));
        return 'written';
      } catch (error) {
        if (error instanceof Error && error.name === 'PreconditionFailed') return 'there';
        throw error;
      }
    }),
  };
}
