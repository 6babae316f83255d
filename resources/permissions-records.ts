// Rights on Route 53: only upserts, only of the configured names, and of each name only the types that Hotshift writes; and on the
// configured routing controls.
import { isIPv4, isIPv6 } from 'node:net';
import type { ApplicationPlan } from '../domain/plan.ts';
import type { Statement } from './cloudformation.ts';
import type { Plans } from './plans.ts';

interface RecordRight { readonly zone: string; readonly kind: 'Traffic' | 'Writer'; readonly name: string; readonly types: readonly string[] }

const rightsOf = (plan: ApplicationPlan): readonly RecordRight[] => [
  ...plan.traffic.map(({ hostedZoneId, recordName }) => ({ zone: hostedZoneId, kind: 'Traffic' as const, name: recordName, types: ['A', 'AAAA'] })),
  ...plan.databases.flatMap(({ writerRecord, instances }) => (writerRecord === undefined ? []
    : [{ zone: writerRecord.hostedZoneId, kind: 'Writer' as const, name: writerRecord.name, types: Object.values(instances).map(({ host }) => typeOf(host)) }])),
];

/** A database is reached by name; the twin's by address. */
const typeOf = (host: string): string => (isIPv4(host) ? 'A' : isIPv6(host) ? 'AAAA' : 'CNAME');

/** Record names as Route 53's condition keys want them: lower case, no trailing dot, octal escapes for what is not a-z 0-9 - _ . */
export const normalised = (name: string): string => name.toLowerCase().replace(/\.$/, '')
  .replace(/[^a-z0-9_.-]/g, (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`);

const zoneArn = (zone: string): string => `arn:aws:route53:::hostedzone/${zone}`;

export const readRecords = (plans: Plans): readonly Statement[] => {
  const zones = [...new Set(plans.applications.flatMap(rightsOf).map(({ zone }) => zoneArn(zone)))];
  return zones.length === 0 ? [] : [{ Sid: 'ReadRecords', Effect: 'Allow', Action: ['route53:ListResourceRecordSets'], Resource: zones }];
};

export function changeRecords(plans: Plans): readonly Statement[] {
  const groups = new Map<string, RecordRight[]>();
  for (const right of plans.applications.flatMap(rightsOf)) {
    const key = `${right.kind} ${right.zone}`;
    groups.set(key, [...(groups.get(key) ?? []), right]);
  }
  return [...groups.values()].map((rights, index) => statement(rights, index));
}

function statement(rights: readonly RecordRight[], index: number): Statement {
  const { kind = 'Traffic', zone = '' } = rights[0] ?? {};
  return {
    Sid: `Change${kind}Records${index}`, Effect: 'Allow', Action: ['route53:ChangeResourceRecordSets'], Resource: zoneArn(zone),
    Condition: {
      'ForAllValues:StringEquals': {
        'route53:ChangeResourceRecordSetsNormalizedRecordNames': [...new Set(rights.map(({ name }) => normalised(name)))],
        'route53:ChangeResourceRecordSetsRecordTypes': [...new Set(rights.flatMap(({ types }) => types))],
        'route53:ChangeResourceRecordSetsActions': ['UPSERT'],
      },
      // ForAllValues passes on an empty set: the keys must be there.
      Null: {
        'route53:ChangeResourceRecordSetsNormalizedRecordNames': 'false',
        'route53:ChangeResourceRecordSetsRecordTypes': 'false',
        'route53:ChangeResourceRecordSetsActions': 'false',
      },
    },
  };
}

/** The configured routing controls: their states may be read and set, never over a safety rule. No right to change a control itself. */
export const routingControls = (plans: Plans): readonly Statement[] => {
  const arns = [...new Set(plans.applications.flatMap(({ routingControls: found }) => Object.values(found?.controls ?? {})))];
  return arns.length === 0 ? [] : [
    { Sid: 'ReadRoutingControls', Effect: 'Allow', Action: ['route53-recovery-cluster:GetRoutingControlState'], Resource: arns },
    {
      Sid: 'SetRoutingControls', Effect: 'Allow', Action: ['route53-recovery-cluster:UpdateRoutingControlStates'], Resource: arns,
      Condition: { BoolIfExists: { 'route53-recovery-cluster:AllowSafetyRulesOverrides': 'false' } },
    },
  ];
};
