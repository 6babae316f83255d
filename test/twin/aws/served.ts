// One service behind the twin's real endpoint, for tests that call it with the real SDK client.
import { AwsEndpoint } from '../../../twin/aws/server.ts';
import type { Service } from '../../../twin/aws/service.ts';

export interface Served {
  /** What an SDK client needs. */
  readonly client: { readonly endpoint: string; readonly region: string; readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }; readonly maxAttempts: number };
  close(): Promise<void>;
}

export async function serve(service: Service, region = 'us-east-1'): Promise<Served> {
  const endpoint = new AwsEndpoint({ services: [service], network: { path: () => Promise.resolve() } });
  const { url } = await endpoint.listen('users', '127.0.0.1');
  return {
    client: { endpoint: String(url), region, credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'twin' }, maxAttempts: 1 },
    close: () => endpoint.close(),
  };
}
