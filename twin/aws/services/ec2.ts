// EC2, as far as fencing needs it: the ingress rules of security groups. It starts no machine.
import * as client from '@aws-sdk/client-ec2';
import type { Service } from '../service.ts';
import { SecurityGroups, type GroupName, type IngressChanged, type SecurityGroupSeed } from './ec2/security-groups.ts';
import type { IngressRule } from './ec2/rules.ts';

export type { GroupName, IngressChanged, IngressRule, SecurityGroupSeed };

export interface Ec2Options {
  readonly securityGroups: readonly SecurityGroupSeed[];
  /** Called, and waited for, after each change, with all rules that now stand. */
  readonly ingressChanged: IngressChanged;
}

export function ec2Service({ securityGroups, ingressChanged }: Ec2Options): Service {
  return { name: 'ec2', signingName: 'ec2', client, scope: 'regional', handlers: new SecurityGroups(securityGroups, ingressChanged).handlers() };
}
