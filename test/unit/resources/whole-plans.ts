// The example with everything that a plan may have, so that every call that the source can send has something to be allowed on.
import type { CapacityPlan } from '../../../domain/capacity.ts';
import type { HookPlan } from '../../../domain/hooks.ts';
import type { TrackerPlan } from '../../../domain/tracker.ts';
import type { SessionPlan } from '../../../domain/sessions.ts';
import { readPlans } from '../../../resources/plans.ts';

const example = readPlans('hotshift.example.yml');
const controls = { 'eu-west-1': 'arn:aws:route53-recovery-control::111122223333:controlpanel/a/routingcontrol/b', 'eu-central-1': 'arn:aws:route53-recovery-control::111122223333:controlpanel/a/routingcontrol/c' };
const each = <T,>(make: (region: string) => T): Record<string, T> => ({ 'eu-west-1': make('eu-west-1'), 'eu-central-1': make('eu-central-1') });
const bounds = { factor: 2, desiredMax: 8 };
const capacities: readonly CapacityPlan[] = [
  { name: 'fleet', kind: 'auto-scaling-group', groups: each(() => ({ group: 'shop-web', baseline: 2 })), ...bounds },
  { name: 'api', kind: 'lambda-concurrency', functions: each(() => ({ function: 'shop-api', qualifier: 'live', baseline: 2 })), ...bounds },
  { name: 'floor', kind: 'scaling-minimum', targets: each(() => ({ namespace: 'ecs', resource: 'service/shop/web', dimension: 'ecs:service:DesiredCount', baseline: 2 })), ...bounds },
];
const hooks: readonly HookPlan[] = [{ name: 'tell', point: 'after-shift', functionArns: each((region) => `arn:aws:lambda:${region}:111122223333:function:tell`), timeoutSeconds: 5, required: false }];
const sessions: SessionPlan = { signingKeySecretIds: ['shop/signing'], parameterName: '/shop/epoch', topicArns: each((region) => `arn:aws:sns:${region}:111122223333:app`) };
const aurora = readPlans('hotshift.aurora.example.yml').applications.flatMap(({ databases }) => databases.filter(({ kind }) => kind === 'aurora-global'));
const followUps: TrackerPlan = { kind: 'github', url: 'https://api.github.com/repos/acme/shop/issues', tokenSecretId: 'hotshift/github' };
/** A tracker, routing controls, both kinds of databases, all kinds of capacity, hooks and sessions. */
export const wholePlans = { ...example, applications: example.applications.map((plan) => ({ ...plan, databases: [...plan.databases, ...aurora], routingControls: { endpoints: [], controls }, capacity: [...plan.capacity, ...capacities], hooks, sessions, notifications: { ...plan.notifications, followUps } })) };
