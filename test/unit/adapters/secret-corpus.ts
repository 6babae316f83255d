// Secrets as they turn up in texts, each put together from parts so that no scanner takes this file for a leak. `known`: its form gives
// nothing away, and it is hidden because this process has read it as a secret.
import { randomBytes } from 'node:crypto';

export interface Leak { readonly what: string; readonly secret: string; readonly text: string; readonly known?: true }

const hex = (length: number): string => randomBytes(length).toString('hex').slice(0, length);
const word = (length: number): string => `${randomBytes(length).toString('base64').replaceAll(/[^A-Za-z0-9]/g, 'x')}a1Z`.slice(-length);
const join = (...parts: readonly string[]): string => parts.join('');
const leak = (what: string, secret: string, text = (shown: string): string => `it said ${shown} and went on`): Leak => ({ what, secret, text: text(secret) });
const known = (what: string, secret: string): Leak => ({ what, secret, known: true, text: `refused: ${secret}, try again` });
const pem = (kind: string): string => join('-----BEGIN ', kind, 'PRIVATE KEY-----\n', word(64), '\n', word(64), '\n-----END ', kind, 'PRIVATE KEY-----');

export const leaks: readonly Leak[] = [
  leak('a bot token', join('xoxb', '-', '123456789012-', word(24))), leak('a user token', join('xoxp', '-', '123456789012-', word(24))), leak('a rotating token', join('xoxe', '.xoxp-1-', word(40))),
  leak('an app-level token', join('xapp', '-1-A0123456789-', hex(40))), leak('a session cookie of Slack', join('xoxd', '-', word(40))),
  leak('an incoming webhook', join('https://hooks.slack', '.com/services/T0123456789/B0123456789/', word(24))), leak('a workflow webhook', join('https://hooks.slack', '.com/workflows/T0123456789/A0123456789/', word(24))), leak('a response URL', join('https://hooks.slack', '.com/actions/T0123456789/123/', word(24))),
  leak('a signature of Slack', join('v0=', hex(64))), leak('a signing secret by name', hex(32), (shown) => `signing_secret=${shown}`), leak('a routing key by name', hex(32), (shown) => `{"routing_key":"${shown}","event_action":"trigger"}`),
  leak('a routing key in camel case', hex(32), (shown) => `routingKey: ${shown}`), leak('an integration key', hex(32), (shown) => `integration_key="${shown}"`),
  leak('an access key id', join('AKIA', 'IOSFODNN7', 'EXAMPLE')), leak('a temporary access key id', join('ASIA', 'IOSFODNN7', 'EXAMPLE')), leak('a secret access key', word(40), (shown) => `aws_secret_access_key = ${shown}`),
  leak('a secret access key in the environment', word(40), (shown) => `AWS_SECRET_ACCESS_KEY=${shown} node x`), leak('a session token', word(300), (shown) => `AWS_SESSION_TOKEN=${shown}`), leak('a long session token alone', join('IQoJ', word(400))),
  leak('a signature of AWS', hex(64), (shown) => `Authorization: AWS4-HMAC-SHA256 SignedHeaders=host, Signature=${shown}`), leak('a credential scope', join('AKIA', 'IOSFODNN7', 'EXAMPLE'), (shown) => `Credential=${shown}/20261124/eu-west-1/sts/aws4_request, x`),
  leak('a presigned URL', hex(64), (shown) => `https://bucket.s3.amazonaws.com/a?X-Amz-Expires=60&X-Amz-Signature=${shown}&x=1`), leak('a token in a presigned URL', word(60), (shown) => `https://s3/a?X-Amz-Security-Token=${shown}`),
  leak('a task token', join('AAAA', 'KgAAAAIAAAAAAAAAAQ', word(300))), leak('a task token by name', word(60), (shown) => `{"taskToken":"${shown}"}`),
  leak('a password in an address', word(20), (shown) => `postgres://hotshift:${shown}@db.internal:5432/orders`), leak('a password with an @', join(word(9), '@', word(9)), (shown) => `postgresql://hotshift:${shown}@db:5432/orders`),
  leak('a password without a user', word(20), (shown) => `redis://:${shown}@cache:6379`), leak('a password by name', word(16), (shown) => `password=${shown} host=db`), leak('PGPASSWORD', word(16), (shown) => `PGPASSWORD='${shown}' psql`),
  leak('a password in JSON', word(16), (shown) => `{"username":"hotshift","password":"${shown}"}`), leak('a password in SQL', word(16), (shown) => `ALTER ROLE hotshift PASSWORD '${shown}'`), leak('a password after IDENTIFIED BY', word(16), (shown) => `CREATE USER h IDENTIFIED BY '${shown}'`),
  leak('a bearer token', word(40), (shown) => `authorization: Bearer ${shown}`), leak('basic credentials', Buffer.from(`hotshift:${word(20)}`).toString('base64'), (shown) => `Authorization: Basic ${shown}`),
  leak('a private key', pem('')), leak('an RSA key', pem('RSA ')), leak('an EC key', pem('EC ')), leak('an OpenSSH key', pem('OPENSSH ')), leak('a key that was cut off', pem('RSA ').slice(0, 90)),
  leak('a JSON web token', join('eyJ', word(20), '.eyJ', word(40), '.', word(40))), leak('a token of GitHub', join('gh', 'p_', word(36))), leak('a fine-grained token of GitHub', join('github', '_pat_', word(60))), leak('a token of GitLab', join('glpat', '-', word(20))),
  leak('a token of npm', join('npm', '_', word(36))), leak('a key of Stripe', join('sk', '_live_', word(24))), leak('a key of Google', join('AI', 'za', word(35))), leak('an API key by name', word(32), (shown) => `api_key: ${shown}`), leak('an access token in a URL', word(32), (shown) => `https://x/y?access_token=${shown}&z=1`),
  known('a signing secret', hex(32)), known('a routing key of PagerDuty', hex(32)), known('a database password like a word', 'correct-horse-battery'), known('a password with quotes and signs', 'pa"ss\\w<>rd&1234'), known('a secret that ends in a line break', join(word(24), '\n').trim()),
];
