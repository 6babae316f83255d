// Secrets Manager: secrets with staged versions, replicated to other regions. A replica serves its region on its own and refuses
// writes; replication is at once and pays no regard to the network. No rotation, deletion or policies.
import * as client from '@aws-sdk/client-secrets-manager';
import type {
  CreateSecretCommandInput, GetSecretValueCommandInput, PutSecretValueCommandInput, ReplicateSecretToRegionsCommandInput,
} from '@aws-sdk/client-secrets-manager';
import { randomBytes, randomUUID } from 'node:crypto';
import { ACCOUNT_ID, AwsError, type CallContext, type Clock, type Service } from '../service.ts';

export interface SecretsManagerOptions {
  readonly clock: Clock;
  readonly secrets?: readonly { readonly region: string; readonly name: string; readonly value: string }[];
}

interface Version { readonly id: string; readonly at: number; readonly text?: string; readonly bytes?: Uint8Array; stages: string[] }

interface Secret {
  readonly name: string;
  /** The ARN's random end: the same in all regions. */
  readonly suffix: string;
  readonly primaryRegion: string;
  readonly regions: Set<string>;
  readonly createdAt: number;
  readonly description?: string;
  /** Newest last. */
  readonly versions: Version[];
}

const NAME = /^[A-Za-z0-9/_+=.@-]{1,512}$/;
const VALUE_BYTES_MAX = 65_536;

export function secretsManagerService({ clock, secrets = [] }: SecretsManagerOptions): Service {
  const store = new SecretStore(clock);
  for (const { region, name, value } of secrets) store.create({ Name: name, SecretString: value }, region);
  const handlers = {
    CreateSecret: (input: CreateSecretCommandInput, { region }: CallContext) => store.create(input, region),
    GetSecretValue: (input: GetSecretValueCommandInput, { region }: CallContext) => store.value(input, region),
    PutSecretValue: (input: PutSecretValueCommandInput, { region }: CallContext) => store.put(input, region),
    DescribeSecret: (input: { SecretId: string }, { region }: CallContext) => store.describe(input.SecretId, region),
    ListSecrets: (_input: unknown, { region }: CallContext) => ({ SecretList: store.list(region) }),
    ReplicateSecretToRegions: (input: ReplicateSecretToRegionsCommandInput, { region }: CallContext) => store.replicate(input, region),
  };
  return { name: 'secrets-manager', signingName: 'secretsmanager', client, scope: 'regional', handlers };
}

class SecretStore {
  readonly #secrets: Secret[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  create(input: CreateSecretCommandInput, region: string) {
    const { Name: name = '', Description: description, AddReplicaRegions: replicas = [] } = input;
    if (!NAME.test(name)) throw new AwsError('ValidationException', 'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!');
    if (this.#find(name, region) !== undefined) throw new AwsError('ResourceExistsException', `The operation failed because the secret ${name} already exists.`);
    const secret: Secret = {
      name, suffix: randomBytes(3).toString('hex'), primaryRegion: region, regions: new Set([region]), createdAt: this.#clock.now(), versions: [],
      ...(description === undefined ? {} : { description }),
    };
    this.#secrets.push(secret);
    const hasValue = input.SecretString !== undefined || input.SecretBinary !== undefined;
    const version = hasValue ? this.#add(secret, input, ['AWSCURRENT']) : undefined;
    for (const { Region: replica } of replicas) if (replica !== undefined) secret.regions.add(replica);
    return { ARN: arn(secret, region), Name: name, VersionId: version?.id, ...(secret.regions.size > 1 ? { ReplicationStatus: statusOf(secret) } : {}) };
  }

  value({ SecretId: id = '', VersionId: versionId, VersionStage: stage }: GetSecretValueCommandInput, region: string) {
    const secret = this.#existing(id, region);
    const version = secret.versions.find((candidate) => (versionId === undefined || candidate.id === versionId) && (stage === undefined && versionId !== undefined || candidate.stages.includes(stage ?? 'AWSCURRENT')));
    if (version === undefined) throw notFound(`Secrets Manager can't find the specified secret value for ${versionId === undefined ? `staging label: ${stage ?? 'AWSCURRENT'}` : `VersionId: ${versionId}`}`);
    return { ARN: arn(secret, region), Name: secret.name, VersionId: version.id, VersionStages: version.stages, SecretString: version.text, SecretBinary: version.bytes, CreatedDate: new Date(version.at) };
  }

  put(input: PutSecretValueCommandInput, region: string) {
    const secret = this.#primary(input.SecretId ?? '', region);
    if (input.SecretString === undefined && input.SecretBinary === undefined) throw new AwsError('InvalidRequestException', 'You must provide either SecretString or SecretBinary.');
    const version = this.#add(secret, input, input.VersionStages ?? ['AWSCURRENT']);
    return { ARN: arn(secret, region), Name: secret.name, VersionId: version.id, VersionStages: version.stages };
  }

  describe(id: string, region: string) {
    const secret = this.#existing(id, region);
    return {
      ARN: arn(secret, region), Name: secret.name, Description: secret.description, PrimaryRegion: secret.primaryRegion,
      CreatedDate: new Date(secret.createdAt), LastChangedDate: new Date(secret.versions.at(-1)?.at ?? secret.createdAt),
      VersionIdsToStages: Object.fromEntries(secret.versions.filter(({ stages }) => stages.length > 0).map(({ id: versionId, stages }) => [versionId, stages])),
      ...(secret.regions.size > 1 ? { ReplicationStatus: statusOf(secret) } : {}),
    };
  }

  /** All on one page: the twin has a handful. */
  list(region: string) {
    return this.#secrets.filter(({ regions }) => regions.has(region)).map((secret) => ({ ARN: arn(secret, region), Name: secret.name, Description: secret.description, CreatedDate: new Date(secret.createdAt) }));
  }

  replicate({ SecretId: id = '', AddReplicaRegions: replicas = [] }: ReplicateSecretToRegionsCommandInput, region: string) {
    const secret = this.#primary(id, region);
    const wanted = replicas.flatMap(({ Region: replica }) => replica ?? []);
    if (wanted.includes(region)) throw new AwsError('InvalidParameterException', `Invalid replica region: ${region} is the primary region of the secret.`);
    for (const replica of wanted) secret.regions.add(replica);
    return { ARN: arn(secret, region), ReplicationStatus: statusOf(secret) };
  }

  #add(secret: Secret, input: CreateSecretCommandInput | PutSecretValueCommandInput, stages: string[]): Version {
    const size = Math.max(Buffer.byteLength(input.SecretString ?? ''), input.SecretBinary?.byteLength ?? 0);
    if (size > VALUE_BYTES_MAX) throw new AwsError('ValidationException', `1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to ${VALUE_BYTES_MAX}`);
    const id = input.ClientRequestToken ?? randomUUID();
    const known = secret.versions.find((version) => version.id === id);
    if (known !== undefined) {
      const same = known.text === input.SecretString && Buffer.compare(known.bytes ?? Buffer.of(), input.SecretBinary ?? Buffer.of()) === 0;
      if (same) return known;
      throw new AwsError('ResourceExistsException', `You can't modify an existing version, you can only create a new version. Version: ${id}`);
    }
    const version: Version = {
      id, at: this.#clock.now(), stages,
      ...(input.SecretString === undefined ? {} : { text: input.SecretString }), ...(input.SecretBinary === undefined ? {} : { bytes: input.SecretBinary }),
    };
    this.#moveStages(secret, version);
    secret.versions.push(version);
    return version;
  }

  /** A stage is on one version; what was current becomes previous. */
  #moveStages(secret: Secret, { stages }: Version): void {
    const current = secret.versions.find((version) => version.stages.includes('AWSCURRENT'));
    const becomesPrevious = stages.includes('AWSCURRENT') ? current : undefined;
    for (const version of secret.versions) {
      version.stages = version.stages.filter((stage) => !stages.includes(stage) && !(becomesPrevious !== undefined && stage === 'AWSPREVIOUS'));
    }
    becomesPrevious?.stages.push('AWSPREVIOUS');
  }

  #find(id: string, region: string): Secret | undefined {
    return this.#secrets.find((secret) => secret.regions.has(region) && (secret.name === id || arn(secret, region) === id || arn(secret, region).replace(/-[0-9a-f]{6}$/, '') === id));
  }

  #existing(id: string, region: string): Secret {
    const secret = this.#find(id, region);
    if (secret === undefined) throw notFound("Secrets Manager can't find the specified secret.");
    return secret;
  }

  #primary(id: string, region: string): Secret {
    const secret = this.#existing(id, region);
    if (secret.primaryRegion !== region) throw new AwsError('InvalidRequestException', "Operation not permitted on a replica secret. Call must be made in primary secret's region.");
    return secret;
  }
}

const arn = (secret: Secret, region: string): string => `arn:aws:secretsmanager:${region}:${ACCOUNT_ID}:secret:${secret.name}-${secret.suffix}`;
const statusOf = (secret: Secret) => [...secret.regions].filter((region) => region !== secret.primaryRegion).map((Region) => ({ Region, Status: 'InSync', KmsKeyId: 'alias/aws/secretsmanager' }));
const notFound = (message: string): AwsError => new AwsError('ResourceNotFoundException', message);
