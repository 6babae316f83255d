// The form of `hotshift.yml` that people write: maps by name, durations with units, every default stated once, here.
// `config-fill.ts` turns it into plans; `schema/hotshift.schema.json` is made from it for editors.
import * as z from 'zod';
import { capacityForm } from './config-capacity.ts';
import { STANDARD_EVIDENCE } from '../domain/records.ts';
import { hookForm } from './config-hooks.ts';
import { trackerForm } from './config-tracker.ts';
import { sessionForm } from './config-sessions.ts';
import * as field from './config-fields.ts';

const { seconds, whole } = field;

const regions = z.strictObject({
  pair: z.tuple([field.region, field.region]).describe('The two regions that serve. Either may be evacuated; the other then survives.'),
  witness: field.region.describe('A third region: it holds a replica of the lease and a vantage point, and serves no traffic.'),
});

const urls = z.strictObject({
  public: field.url.describe('What users open; a failover is confirmed through it.'),
  probe: z.record(field.region, field.url).describe('Region -> base URL of the application in that region, past the traffic records.'),
  control: field.url.describe('A site that is in neither region and not yours: when it cannot be reached, the vantage point is sick and abstains.'),
});

const detection = z.strictObject({
  // 12 probes a minute cost little and see an outage in about 10 s; 1 s would triple the requests to save 3 s of the minutes that a promotion takes.
  probeInterval: seconds('How often each vantage point probes each region.', 0.1).prefault('5s'),
  // Between any two regions a round trip is below 0.4 s: 2 s is five of them, and well inside the interval.
  probeTimeout: seconds('When an unanswered probe counts as failed. Shorter than the interval.', 0.05).prefault('2s'),
  // Half the time-out: late enough to be felt by users, early enough to be told from silence.
  slow: seconds('A later answer is `slow`: it pages and never moves anything. Shorter than the time-out.', 0.01).prefault('1s'),
  // One lost packet is one failure; two in a row, 5 s apart, are not.
  failuresToSuspect: whole(1, 20).describe('Failures in a row before a vantage point suspects an outage.').prefault(2),
  // Of 3 (the pair and the witness). 1 would be one opinion; 3 would need the dead region's own vote.
  quorum: whole(0, 99).describe('How many of the three vantage points must see the outage.').prefault(2),
  // Three intervals: one may be lost and evidence is still there, and no vote is older than a permit can outlive.
  evidenceAge: seconds('Older evidence is no evidence.').prefault('15s'),
  // Twice the evidence age: every vantage point that works has reported by then.
  evidenceWait: seconds('How long verification waits for other vantage points before it stands down as undecided.').prefault('30s'),
  // One repeat a minute heals a lost event and costs one execution.
  databaseOutage: seconds('How long a region that answers may be without its database before that is an outage: RDS takes 60 to 120 s to move a Multi-AZ instance to another zone. 0s if nothing of the kind would help.', 0).prefault('120s'),
  suspicionRepeat: seconds('While a suspicion lasts it is raised again this often.').prefault('60s'),
}).prefault({});

const permit = z.strictObject({
  enforced: z.boolean().describe('Do the application servers check write permits (guard/)? Without it only the network can fence.').prefault(true),
  // The wait before a promotion when the old region is silent; detection (10 s) has usually paid for it already.
  ttl: seconds('How long a write permit lasts without renewal.', 0.1).prefault('5s'),
  // Amazon Time Sync keeps EC2 within about 1 ms; 0.5 s leaves room for a host that steps its clock.
  clockError: seconds('The most by which two clocks may differ; added to every wait.').prefault('500ms'),
}).prefault({});

const lease = z.strictObject({
  // Longer than the longest step (60 s) and the margin; short enough that a dead execution blocks nobody for long.
  ttl: seconds('How long the lease lasts after a step extended it.').prefault('120s'),
  // One AWS call with its retries takes less.
  margin: seconds('Nothing is changed when less than this is left of the lease.').prefault('15s'),
}).prefault({});

const budgets = z.strictObject({
  // A healthy cross-region replica lags below a second or two; 30 s says that something is wrong.
  rpo: seconds('How many seconds of writes may be lost. More lag than this goes to a human.').prefault('30s'),
  // What a well-drilled person would need at best, waking up not counted.
  rto: seconds('How long an outage may last for users.').prefault('5m'),
}).prefault({});

const policy = z.strictObject({
  approval: z.enum(['none', 'required']).describe('Must a person approve each failover?').prefault('none'),
  // The usual time in which an on-call person acknowledges a page.
  approvalTimeout: seconds('How long an approval is waited for.').prefault('5m'),
  approvalDefault: z.enum(['hold', 'proceed', 'abort']).describe('What happens when nobody answers: hand over undecided, go on, or end as if somebody had said no.').prefault('hold'),
  approvalsNeeded: whole(1, 2).describe('How many people must say yes. With 2, a failover that a person started needs another person, who is not the one that started it.').prefault(1),
  unprovenFence: z.enum(['hand-over', 'proceed']).describe('What happens when nothing proves that the old writer is fenced. `proceed` risks two writers.').prefault('hand-over'),
  // An hour: longer than any flapping that a person would wave through, and nobody fails over twice before looking.
  cooldown: seconds('After an automatic failover, no other for this long (and until a person acknowledges).').prefault('1h'),
}).prefault({});

const databaseInstance = z.strictObject({
  arn: field.databaseArn.describe('ARN of the DB instance, of an aurora-global of the DB cluster; its last part is the identifier.'),
  host: field.hostName.describe('Endpoint of the instance, of a cluster its writer endpoint.'),
  readerHost: field.hostName.describe('Of a cluster: its reader endpoint, by which it is read while it is secondary.').optional(),
  secret: field.secretId.describe('Secrets Manager secret {username, password} of the maintenance role, in the same region.'),
  securityGroup: field.securityGroupId.describe('The security group that the fence closes.'),
  port: whole(1, 65_535).optional().describe('Only when it differs from the port of the database.'),
});

const ttl = (description: string) => seconds(description, 1);

const database = z.strictObject({
  kind: z.enum(['rds-replica', 'aurora-global']).describe('rds-replica: a PostgreSQL instance in each region, one replicating from the other. aurora-global: a cluster in each region of an Aurora global database.').prefault('rds-replica'),
  engine: z.enum(['postgres', 'mysql']).describe('Only postgres is supported.').prefault('postgres'),
  globalCluster: field.globalClusterId.describe('Identifier of the Aurora global database; for aurora-global only.').optional(),
  topology: z.enum(['single-writer', 'region-sharded']).describe('single-writer: one writer for all users. region-sharded: the shard of the users of one region (home); only the shard of the region that is left moves.').prefault('single-writer'),
  home: field.region.describe('Of a region-sharded database: whose users it holds, and where its writer is as long as that region is well.').optional(),
  after: z.array(field.name).max(20).describe('Databases that must have moved before this one is promoted. None: all at once.').prefault([]),
  databaseName: field.databaseName.describe('The database inside the instance.'),
  port: whole(1, 65_535).describe('Port of the instances.').prefault(5432),
  instances: z.record(field.region, databaseInstance).describe('Region -> instance; one for each region of the pair.'),
  writerRecord: z.strictObject({
    hostedZone: field.hostedZoneId,
    name: field.recordName.describe('The CNAME that applications resolve to find the writer.'),
    // RDS itself gives its endpoints 5 s.
    ttl: ttl('TTL of the record.').prefault('5s'),
    leads: z.boolean().describe('Do servers find the writer by this record? Then none may write before it leads to the new writer. false: each goes to the database that its permit names, and checks there that it reached it.').prefault(true),
  }).optional(),
  // AWS: "several minutes or longer, depending on the size"; after 15 a person should look.
  promoteTimeout: seconds('After this long without a writable database, a human is called.').prefault('15m'),
  // Two calls of DescribeDBInstances a second would be throttled in an account with many; one in 2 s is not.
  poll: seconds('How often a promotion is looked at.', 0.1).prefault('2s'),
  failback: z.strictObject({
    compare: z.array(z.strictObject({
      table: field.comparedTable.describe('A table into which users write.'),
      key: z.array(field.columnName).min(1).max(8).describe('Columns that name a row; none of them may be null.'),
      writtenAt: field.columnName.describe('The column that says when a row was written, with an index.'),
    })).max(20).describe('Where a failback looks for writes that only the old writer holds. None: nobody can say what was lost.').prefault([]),
    // A terabyte at some 100 MB/s takes three hours; twice that, and then a person should look.
    rebuildTimeout: seconds('After this long without a replica that streams, a human is called.', 60).prefault('6h'),
  }).optional(),
}).refine(({ topology, home }) => topology !== 'region-sharded' || home !== undefined, { error: 'a region-sharded database needs the region whose users it holds', path: ['home'] })
  .refine(({ topology, home }) => topology === 'region-sharded' || home === undefined, { error: 'only a region-sharded database has users of its own', path: ['home'] });

const traffic = z.strictObject({
  strategy: z.literal('weighted-records').describe('The one way to move users, in the older form of this file; strategies says more.').optional(),
  strategies: z.array(field.strategy).min(1).max(3).optional()
    .describe('Ways to move users, tried in this order. health-check-switch and routing-control need no control plane; weighted-records asks the API of Route 53, which lives in us-east-1.'),
  // A fast health check looks every 10 s, a change of a record is answered within 60 s at most and mostly within a few: three looks of the slower.
  strategyTimeout: seconds('How long one way is given before the next one is tried; the last has what is left of the RTO.', 1).prefault('30s'),
  ramp: z.array(whole(1, 100)).min(1).max(20).describe('Percent of the users in one region, step by step with a confirmation between, in planned moves only.').prefault([50, 75, 100]),
  hostedZone: field.hostedZoneId,
  record: field.recordName.describe('The name that users resolve.'),
  // Route 53's recommendation for records that fail over: 60 s or less.
  ttl: ttl('TTL of the records; longer keeps users on the dead region.').prefault('60s'),
  endpoints: z.record(field.region, z.strictObject({
    ipv4: z.array(field.ipv4).max(100).prefault([]),
    ipv6: z.array(field.ipv6).max(100).prefault([]),
    weight: whole(0, 255).describe('Weight of the region in normal operation (0-255).').prefault(100),
    healthCheck: field.healthCheckId.optional(),
  })).describe('Region -> what its records answer.'),
  // Off: most have health checks of their own, and each costs some dollars a month.
  makeHealthChecks: z.boolean().describe('Make a Route 53 health check for each region with the stacks. Their ids are outputs of the stacks and go into healthCheck.').prefault(false),
}).refine(({ strategy, strategies }) => strategy === undefined || strategies === undefined, { error: 'gives both strategy and strategies', path: ['strategy'] });

const routingControls = z.strictObject({
  endpoints: z.array(z.strictObject({ region: field.region, url: field.url })).min(1).max(5).describe("All endpoints of the cluster: region and URL, as DescribeCluster lists them. They are written down here because that call needs a control plane."),
  controls: z.record(field.region, field.routingControlArn).describe('Region -> routing control behind the health check of its records.'),
});

const warm = z.strictObject({
  paths: z.array(field.urlPath).max(200).describe('Fetched on the survivor before the service is confirmed.').prefault([]),
  // Enough to fill caches, too few to be a load of their own.
  concurrency: whole(1, 50).prefault(4),
  timeout: seconds('For one fetch.').prefault('5s'),
}).prefault({});

const drills = z.strictObject({
  // Long enough that caches, connections and the slowest of the users' resolvers have followed, and that a peak is not just missed.
  hold: seconds('How long all users stay in one region.', 1).prefault('30m'),
  step: seconds('How long each step of the ramp is looked at; at least the TTL of the records.', 1).prefault('60s'),
  guardInterval: seconds('How often the guards are asked.', 0.5).prefault('15s'),
  latency: seconds('The guards trip when a quorum of vantage points waits longer than this for the region that has the users.', 0.01).prefault('1s'),
  // New tasks of ECS start within a few minutes.
  patience: seconds('How long the region may take to grow before anybody is moved, and the other one to be well before anybody is brought back.', 1).prefault('10m'),
  alarms: z.array(field.alarmName).max(50).describe('Your own CloudWatch alarms (error rate, p99, ...), in both regions: one that rings brings users back. Those of Hotshift are always asked.').prefault([]),
  load: z.strictObject({
    functionArns: z.record(field.region, field.functionArn).describe('Region -> your function there, which makes more load while all users are in that region.'),
    factor: z.number().min(1).max(10).describe('How much load it is asked for, as a multiple of the usual.').prefault(2),
  }).optional(),
  freeze: z.array(z.strictObject({ from: field.day, to: field.day })).max(100).describe('Days on which no users are moved by a drill.').prefault([]),
  schedule: z.strictObject({
    // The first Tuesday: not after a weekend, not before one, and everybody is there.
    cron: field.cron.describe('When a drill of traffic starts, as EventBridge Scheduler reads it (1 is Sunday).').prefault('cron(0 10 ? * 3#1 *)'),
    // It leaves a copy of the database aside each time (docs/decisions/0015): nothing to be begun by a default.
    switchover: field.cron.describe('When a drill of the switchover starts, which moves the writer to the other region and leaves it there, such as cron(0 10 ? * 3#3 *). Without it, only people start one.').optional(),
    timeZone: field.timeZone.describe('The time zone of both schedules and of the freeze days.'),
  }).describe('Starts drills by itself; the regions take turns. Without it, none starts.').optional(),
}).prefault({});

const notifications = z.strictObject({
  slack: z.strictObject({
    channel: field.slackChannel,
    tokenSecret: field.secretId.describe('Secrets Manager secret that holds the bot token, in every region.'),
    apiUrl: field.url.prefault('https://slack.com/api'),
    people: z.strictObject({
      signingSecret: field.secretId.describe('Secrets Manager secret that holds the signing secret of the Slack app, in every region.'),
      team: field.slackTeam.describe('The workspace; requests of any other one are refused.'),
      approvers: z.record(field.name, field.slackUser).describe('Name, as in the journal and --by -> Slack user id. May approve, deny and hold.'),
      operators: z.record(field.name, field.slackUser).describe('Name -> Slack user id. May pause, resume and acknowledge; approvers may, too.').prefault({}),
    }).describe('Buttons and /hotshift. Without it Slack only gets messages.').optional(),
  }).optional(),
  pagerDuty: z.strictObject({
    routingKeySecret: field.secretId.describe('Secrets Manager secret that holds the integration key (Events API v2), in every region.'),
    eventsUrl: field.url.prefault('https://events.pagerduty.com/v2/enqueue'),
  }).describe('Pages are triggered here, acknowledged and resolved with the incident.').optional(),
  followUps: trackerForm.describe('Makes an issue of each thing that a drill has found. Without it they stand in the list of hotshift follow-ups only.').optional(),
  snsTopics: z.record(field.region, field.topicArn).describe('Region -> topic in that region; the survivor uses its own.').prefault({}),
}).prefault({});

export const applicationForm = z.strictObject({
  // Between the first and the last of a thousand applications lie five minutes of an evacuation.
  priority: whole(1, 1000).describe('In an evacuation of a whole region the smaller number goes first; 100 when absent.').optional(),
  regions, urls, detection, permit, lease, budgets, policy,
  databases: z.record(field.name, database).describe('Name -> database.').prefault({}),
  traffic: z.record(field.name, traffic).describe('Name -> records that move users.'),
  routingControls: routingControls.describe('Amazon Application Recovery Controller, for the strategy routing-control.').optional(),
  capacity: z.record(field.name, capacityForm).describe('Name -> what is scaled up in the survivor.').prefault({}),
  warm, drills, notifications,
  sessions: sessionForm.describe('What your servers need to hear when the writer has moved: caches, pinned users, connections.').optional(),
  hooks: z.record(field.name, hookForm).describe('Name -> your own function at a named point. It cannot stop a failover unless it is required.').prefault({}),
  // Twenty characters are a sentence; a word is no reason.
  accept: z.record(field.findingId, z.string().min(20).max(300)).describe('Warning of `hotshift check --aws` -> why it may stand; it is then told as information. Critical findings cannot be accepted.').optional(),
});

const evidence = z.strictObject({
  retentionDays: whole(1, 36_500).describe('How long nobody can change or delete a record. It holds for records that are written from then on.').prefault(STANDARD_EVIDENCE.retentionDays),
  mode: z.enum(['governance', 'compliance']).describe('governance: whoever may both change the policy of the bucket and bypass retention can delete a record. compliance: nobody can, whatever it costs.').prefault(STANDARD_EVIDENCE.mode),
}).describe('The bucket with object lock that each stack makes for the records of ended executions.');

export const configForm = z.strictObject({
  version: z.literal(1).describe('Version of this form.').prefault(1),
  table: field.tableName.describe('DynamoDB global table (multi-region strong consistency) that holds leases, permits and the journal.').prefault('hotshift'),
  evidence: evidence.optional(),
  applications: z.record(field.name, applicationForm).describe('Name -> application.'),
}).meta({ title: 'hotshift.yml', description: 'What Hotshift protects, and by which rules it may act.' });

export type ApplicationForm = z.output<typeof applicationForm>;
