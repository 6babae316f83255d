// Findings about Hotshift itself: its table, its functions and their rights, what starts them, whom it can tell, when it was last tried.
import type { Entry } from './catalogue.ts';

export const DEPLOYMENT_FINDINGS = {
  'table-missing': {
    step: 'Claim lease', severity: 'critical', title: 'The table does not exist in that region, or is not active',
    means: 'Nobody there can claim a lease, renew a permit or write the journal.',
    fix: 'Deploy the first region of the plan: its stack has the table.',
  },
  'table-not-strong': {
    step: 'Claim lease', severity: 'critical', title: 'The table is not strongly consistent over its regions',
    means: 'Two regions could hold the lease at once: a condition is judged on the local copy only.',
    fix: 'It is fixed at creation: make a new table with MultiRegionConsistency STRONG (the stack does), empty, and deploy.',
  },
  'table-replicas': {
    step: 'Claim lease', severity: 'critical', title: 'The table has not one active replica in each of the three places',
    means: 'With two replicas left, the loss of one more stops everybody.',
    fix: 'See in DynamoDB which replica is missing or not ACTIVE.',
  },
  'table-expiry': {
    step: 'Claim lease', severity: 'critical', title: 'Items of the table expire',
    means: 'Leases, permits and fence orders would vanish by themselves.',
    fix: 'Switch Time to Live off for the table.',
  },
  'table-no-recovery': {
    step: 'Claim lease', severity: 'warning', title: 'Point-in-time recovery of the table is off',
    means: 'The journal is the evidence of every failover.',
    fix: 'Switch point-in-time recovery on for the replica.',
  },
  'table-unprotected': {
    step: 'Claim lease', severity: 'warning', title: 'Deletion protection of the table is off',
    means: 'Without the table no failover is possible, and all permits lapse.',
    fix: 'Switch deletion protection on for the replica.',
  },
  'secret-missing': {
    step: 'Every step', severity: 'critical', title: 'A secret is missing in that region',
    means: 'The functions there could not log in to the database, or tell anybody; of a signing key, sessions could not be checked there.',
    fix: 'Replicate the secret to that region.',
  },
  'secret-differs': {
    step: 'Every step', severity: 'warning', title: 'The secret is not the same one in both regions',
    means: 'The replica has the writer\'s roles and passwords: a login that is kept apart in the other region is wrong after the next change. With another signing key all users must log in again.',
    fix: 'Keep one secret and replicate it (Secrets Manager, replicate to other regions).',
  },
  'secret-key-disabled': {
    step: 'Every step', severity: 'critical', title: 'The KMS key of a secret cannot be used',
    means: 'The secret cannot be read in that region.',
    fix: 'Enable the key in that region, or cancel its deletion.',
  },
  'function-missing': {
    step: 'Every step', severity: 'critical', title: 'A function is missing',
    means: 'The workflow would end at its step.',
    fix: 'Deploy that region.',
  },
  'function-not-active': {
    step: 'Every step', severity: 'critical', title: 'A function is not active',
    means: 'Lambda has taken its network away, or could not make it: the next call fails.',
    fix: 'Look at the function\'s state in Lambda; invoke or deploy it again.',
  },
  'function-code': {
    step: 'Every step', severity: 'warning', title: 'A function runs other code than elsewhere or than was packaged',
    means: 'Which failover you get depends on where it runs.',
    fix: 'Deploy all three regions from one package.',
  },
  'function-settings': {
    step: 'Every step', severity: 'warning', title: 'A function has other settings than in the other places',
    means: 'Memory, time-out, runtime or variables differ: somebody changed them by hand.',
    fix: 'Deploy the region again.',
  },
  'function-no-reserve': {
    step: 'Every step', severity: 'warning', title: 'A function has no concurrency reserved',
    means: 'An application that takes all of the account\'s concurrency in the survivor would keep the failover from running.',
    fix: 'Deploy the region again; ask for a higher account limit if AWS refuses.',
  },
  'quota-lambda': {
    step: 'Every step', severity: 'warning', title: 'Little concurrency is left for everything else',
    means: 'Lambda keeps 100 executions free of reservations; the survivor\'s own functions share what is left with twice the load.',
    fix: 'Ask for a higher quota "Concurrent executions" in that region.',
  },
  'permission-denied': {
    step: 'Every step', severity: 'critical', title: 'A role may not do what its step needs',
    means: 'IAM\'s simulator says that the call would be denied.',
    fix: 'Deploy the region again; if the role is as packaged, look for a service control policy or a permissions boundary.',
  },
  'machine-missing': {
    step: 'Verify outage', severity: 'critical', title: 'The state machine is missing',
    means: 'A suspicion would start nothing.',
    fix: 'Deploy that region.',
  },
  'machine-differs': {
    step: 'Verify outage', severity: 'critical', title: 'The state machine is not the packaged one',
    means: 'It was changed by hand, or the region has another version: its order and its catches are not the tested ones.',
    fix: 'Deploy that region from the same package as the others.',
  },
  'rule-disabled': {
    step: 'Verify outage', severity: 'critical', title: 'A rule is missing, disabled or leads elsewhere',
    means: 'Suspicions would start nothing.',
    fix: 'Enable the rule, or deploy the region again.',
  },
  'schedule-disabled': {
    step: 'Verify outage', severity: 'critical', title: 'A schedule is missing or disabled',
    means: 'An agent does not run: nobody looks, fences or watches there.',
    fix: 'Enable the schedule, or deploy the region again.',
  },
  'slack-refused': {
    step: 'Announce', severity: 'warning', title: 'Slack does not take the token',
    means: 'People are told by SNS only, if there is a topic.',
    fix: 'Put a valid bot token with `chat:write` into the secret of that region.',
  },
  'bucket-missing': {
    step: 'Archive record', severity: 'warning', title: 'The bucket of records is missing',
    means: 'The failover works, and its record is kept in the table only.',
    fix: 'Deploy that region.',
  },
  'bucket-no-lock': {
    step: 'Archive record', severity: 'warning', title: 'The bucket of records has no object lock',
    means: 'Whoever may write the bucket can change or delete what a failover or a drill has left as evidence.',
    fix: 'Deploy the region again; S3 takes object lock for a bucket with versions at any time.',
  },
  'bucket-retention': {
    step: 'Archive record', severity: 'warning', title: 'The bucket of records holds them for less than is configured',
    means: 'Records that are written now can be deleted earlier, or by more people, than hotshift.yml says.',
    fix: 'Deploy the region again.',
  },
  'bucket-open': {
    step: 'Archive record', severity: 'warning', title: 'The bucket of records does not keep the public out',
    means: 'A policy or an ACL could show records, which name hosts and people, to everybody.',
    fix: 'Deploy the region again.',
  },
  'drill-none': {
    step: 'Drill', severity: 'warning', title: 'No good drill is on record',
    means: 'Nobody has seen this failover work.',
    fix: 'Run a drill in a quiet hour (docs/deploy.md, the first test).',
  },
  'drill-old': {
    step: 'Drill', severity: 'warning', title: 'A region was not left by a good drill for 90 days',
    means: 'Much has changed since: what worked then may not work now.',
    fix: 'Run a drill of the kind and out of the region that are named, in a quiet hour.',
  },
} as const satisfies Readonly<Record<string, Entry>>;
