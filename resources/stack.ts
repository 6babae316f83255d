// The CloudFormation stack of one region, as `serverless.yml` includes it. Plain CloudFormation, so that every permission is in
// sight. All that a failover needs is made here, ahead of it: nothing is created during one.
import type { Region } from '../domain/plan.ts';
import { alarms } from './alarms.ts';
import { attribute, ref, sub, type Json } from './cloudformation.ts';
import { dashboard } from './dashboard.ts';
import { earOutputs, earResources } from './ear.ts';
import { evidenceOutputs, evidenceResources } from './evidence.ts';
import { functionResources } from './functions.ts';
import { drillOutputs, drillResources } from './drill.ts';
import { healthCheckOutputs, healthCheckResources } from './health-checks.ts';
import { key } from './key.ts';
import { machine } from './machine.ts';
import { networkOutputs, networkResources, type Networks } from './network.ts';
import { allRegions, type Plans } from './plans.ts';
import { starts } from './starts.ts';
import { switchOutputs, switchResources } from './switch.ts';
import { table } from './table.ts';

/** The `resources.Resources` section of serverless.yml. */
export function resourcesOf(region: Region, plans: Plans, networks: Networks): Json {
  return {
    ...key(),
    ...functionResources(region, plans, networks[region]),
    ...networkResources(region, plans, networks[region]),
    ...machine('failover'),
    ...machine('failback'),
    ...machine('evacuate'),
    ...drillResources(region, plans),
    ...starts(region, plans),
    ...alarms(region, plans),
    ...switchResources(region, plans),
    ...earResources(plans),
    ...evidenceResources(plans),
    ...healthCheckResources(region, plans),
    ...dashboard(region, plans),
    ...(region === allRegions(plans)[0] ? table(plans) : {}),
  };
}

/** The `resources.Outputs` section of serverless.yml. */
export function outputsOf(region: Region, plans: Plans, networks: Networks): Json {
  return {
    ...drillOutputs(region, plans),
    FailoverStateMachineArn: { Description: 'Start a failover by hand here (hotshift failover does)', Value: ref('FailoverStateMachine') },
    FailbackStateMachineArn: { Description: 'Start a failback by hand here, in the witness (hotshift failback does)', Value: ref('FailbackStateMachine') },
    EvacuateStateMachineArn: { Description: 'Start an evacuation of a region by hand here (hotshift evacuate does)', Value: ref('EvacuateStateMachine') },
    DeadLettersUrl: { Description: 'What could not be delivered', Value: ref('DeadLetters') },
    TableName: { Description: 'Leases, permits, intents, observations and the journal', Value: plans.table },
    DashboardUrl: { Description: 'The dashboard of this region', Value: sub(`https://console.aws.amazon.com/cloudwatch/home?region=\${AWS::Region}#dashboards/dashboard/hotshift-\${AWS::Region}`) },
    KeyArn: { Description: 'Key of the logs', Value: attribute('Key') },
    ...evidenceOutputs(),
    ...switchOutputs(region, plans),
    ...earOutputs(plans),
    ...healthCheckOutputs(region, plans),
    ...networkOutputs(networks[region]),
  };
}
