// Findings about databases: what would keep a replica from being assessed, fenced or promoted.
import type { Entry } from './catalogue.ts';

export const DATABASE_FINDINGS = {
  'database-missing': {
    step: 'Assess survivor', severity: 'critical', title: 'The instance does not exist',
    means: 'The plan names an instance that RDS does not know in that region: nothing could be promoted there.',
    fix: 'Create the replica, or correct `arn` in hotshift.yml.',
  },
  'database-not-available': {
    step: 'Promote replica', severity: 'critical', title: 'The instance is not available',
    means: 'RDS refuses to promote an instance in this state.',
    fix: 'Look at the instance in RDS; `failed`, `storage-full` and `incompatible-*` do not end by themselves.',
  },
  'database-backing-up': {
    step: 'Promote replica', severity: 'warning', title: 'The instance is being backed up or changed right now',
    means: 'RDS refuses a promotion while the status is `backing-up` or `modifying`; Hotshift would wait until it has ended.',
    fix: 'Nothing now. Put the backup window where the load is least, and not at the same time in both regions.',
  },
  'database-host': {
    step: 'Shift writes', severity: 'critical', title: 'The endpoint is not the one of the plan',
    means: 'The writer record would be pointed at a name that is not this instance.',
    fix: 'Put the endpoint that RDS shows into `host` in hotshift.yml and deploy.',
  },
  'database-no-backups': {
    step: 'Promote replica', severity: 'warning', title: 'Automatic backups are off',
    means: 'Nothing can be replicated from a promoted instance before a first backup: the way back takes longer, and there is no restore.',
    fix: 'Set the backup retention of the instance to 7 days or more.',
  },
  'database-not-encrypted': {
    step: 'Promote replica', severity: 'warning', title: 'The storage is not encrypted',
    means: 'It cannot be switched on later: what is rebuilt from this instance stays unencrypted.',
    fix: 'Copy a snapshot with a KMS key, restore it, and replicate from that.',
  },
  'database-key-disabled': {
    step: 'Promote replica', severity: 'critical', title: 'The KMS key of the instance cannot be used',
    means: 'RDS takes an instance off the air whose key is disabled or pending deletion.',
    fix: 'Enable the key in that region, or cancel its deletion.',
  },
  'database-unprotected': {
    step: 'Promote replica', severity: 'warning', title: 'Deletion protection is off',
    means: 'One wrong apply of infrastructure code deletes the instance that a failover needs.',
    fix: 'Switch deletion protection on.',
  },
  'database-single-zone': {
    step: 'Promote replica', severity: 'info', title: 'The instance stands in one Availability Zone',
    means: 'The loss of that zone is an outage of its own. Whether that is worth the price of a second one is yours to say.',
    fix: 'Make it Multi-AZ, or leave it knowingly.',
  },
  'database-version-drift': {
    step: 'Assess survivor', severity: 'warning', title: 'Engine versions differ between the regions',
    means: 'A replica of another minor version works, but behaves otherwise after the promotion; a newer writer than its replica may stop replication.',
    fix: 'Upgrade the replica first and then the writer, to the same version.',
  },
  'aurora-version-mismatch': {
    step: 'Promote replica', severity: 'critical', title: 'Engine versions of the global database differ between the regions',
    means: 'Aurora fails and switches over only between clusters of the same major and minor version; the call would be refused in the middle of an outage.',
    fix: 'Upgrade the cluster that is behind to the version of the other one.',
  },
  'aurora-headless': {
    step: 'Assess survivor', severity: 'critical', title: 'The cluster has no instance',
    means: 'A cluster without an instance has storage only: nobody can connect, so that nothing can be read before a failover, nor written after it.',
    fix: 'Add a DB instance to the cluster, of the class that the other region has.',
  },
  'database-class-drift': {
    step: 'Scale survivor', severity: 'warning', title: 'Instance classes differ between the regions',
    means: 'After the failover this instance carries the load of both regions.',
    fix: 'Give both regions the same instance class.',
  },
  'database-parameters-drift': {
    step: 'Promote replica', severity: 'warning', title: 'Parameters differ between the regions',
    means: 'Settings such as `max_connections` or `rds.force_ssl` would be others after the failover.',
    fix: 'Set the named parameters alike in both parameter groups.',
  },
  'database-parameters-pending': {
    step: 'Promote replica', severity: 'warning', title: 'Parameters wait for a restart',
    means: 'A promotion restarts the instance: settings change in the middle of a failover that nobody tried.',
    fix: 'Restart the instance in a quiet hour, so that they are in force now.',
  },
  'database-security-group': {
    step: 'Fence writer', severity: 'critical', title: 'The network fence would not close this instance',
    means: 'The fence empties the security group of the plan. The instance does not have it, or has others through which clients still get in.',
    fix: 'Give the instance exactly the security group that hotshift.yml names.',
  },
  'replication-none': {
    step: 'Assess survivor', severity: 'critical', title: 'The two instances do not replicate',
    means: 'Exactly one of the two must replicate from the other; otherwise there is no writer, or nothing to promote.',
    fix: 'Make the replica anew from the writer (after a failover: rebuild).',
  },
  'replication-stopped': {
    step: 'Assess survivor', severity: 'critical', title: 'Replication has stopped',
    means: 'The replica falls behind with every write, and the failover would be handed to a human.',
    fix: 'Read the replication error of the instance in RDS; make the replica anew if it does not go on.',
  },
  'replication-lag': {
    step: 'Assess survivor', severity: 'critical', title: 'The replica is further behind than the RPO',
    means: 'A failover now would be handed to a human, since more would be lost than the budget allows.',
    fix: 'Find what holds replication up (long queries on the replica, a small class, the network), or raise `budgets.rpo` knowingly.',
  },
  'replication-lag-unknown': {
    step: 'Assess survivor', severity: 'warning', title: 'CloudWatch has no lag of the replica',
    means: 'An unknown lag counts as infinite. The agent `watch` reads it by SQL all the time; this is the second opinion.',
    fix: 'Look at the metric ReplicaLag of the instance: none means that RDS does not see it replicate.',
  },
} as const satisfies Readonly<Record<string, Entry>>;
