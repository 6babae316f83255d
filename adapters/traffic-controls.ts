// Routing controls of Amazon Application Recovery Controller. Its cluster answers in five regions, of which at least three do at any
// time: each is tried once, soon given up, and the one in the evacuated region comes last. Safety rules are obeyed, never overridden.
import {
  GetRoutingControlStateCommand, Route53RecoveryClusterClient, UpdateRoutingControlStatesCommand,
} from '@aws-sdk/client-route53-recovery-cluster';
import { InvalidInputError, TryAgainError, UnexpectedAnswerError } from '../domain/errors.ts';
import type { Region, RoutingControlPlan } from '../domain/plan.ts';
import type { RoutingControls } from '../domain/ports.ts';
import { clientSettings } from './clients.ts';
import { asking } from './failures.ts';

type Endpoint = RoutingControlPlan['endpoints'][number];
type Connect = (endpoint: Endpoint) => Route53RecoveryClusterClient;

/** Five tries of at most two seconds end within a step of fourteen; a healthy endpoint answers in tenths of a second. */
const TRY_MS = 2000;
const connected = ({ region, url }: Endpoint): Route53RecoveryClusterClient => {
  const settings = clientSettings(region, 'changing');
  return new Route53RecoveryClusterClient({ ...settings, endpoint: url, requestHandler: { ...settings.requestHandler, requestTimeout: TRY_MS } });
};

/** `chance`: where the rotation begins. AWS advises to begin anywhere, so that not everybody asks the same endpoint first. */
export function routingControls(connect: Connect = connected, chance: () => number = Math.random): RoutingControls {
  const clients = new Map<string, Route53RecoveryClusterClient>();
  const clientOf = (endpoint: Endpoint): Route53RecoveryClusterClient => {
    const client = clients.get(endpoint.url) ?? connect(endpoint);
    clients.set(endpoint.url, client);
    return client;
  };
  const inTurn = async <T>(plan: RoutingControlPlan, last: Region, ask: (client: Route53RecoveryClusterClient, endpoint: Endpoint) => Promise<T>): Promise<T> => {
    const silent: string[] = [];
    for (const endpoint of rotation(plan.endpoints, last, chance())) {
      try {
        return await ask(clientOf(endpoint), endpoint);
      } catch (error) {
        // A clear no (a safety rule, a missing permission) is the cluster's answer: all its endpoints would give it.
        if (!(error instanceof TryAgainError)) throw error;
        silent.push(error.message);
      }
    }
    throw new TryAgainError(`routing controls: none of ${plan.endpoints.length} cluster endpoints answers: ${silent.at(-1) ?? 'there is none'}`);
  };
  return {
    read: (plan, last) => inTurn(plan, last, async (client, { region }) => Object.fromEntries(await Promise.all(Object.entries(plan.controls).map(async ([place, arn]) => {
      const { RoutingControlState } = await asking({ action: 'route53-recovery-cluster:GetRoutingControlState', resource: `${arn} by the endpoint in ${region}` },
        () => client.send(new GetRoutingControlStateCommand({ RoutingControlArn: arn })));
      if (RoutingControlState !== 'On' && RoutingControlState !== 'Off') throw new UnexpectedAnswerError(`route53-recovery-cluster:GetRoutingControlState on ${arn}: the answer has no state`);
      return [place, RoutingControlState === 'On'] as const;
    })))),
    async set(plan, open, last) {
      if (!Object.values(open).includes(true)) throw new InvalidInputError('routing controls: no region would be open; at least one must be');
      const entries = Object.entries(plan.controls).map(([place, arn]) => ({ RoutingControlArn: arn, RoutingControlState: open[place] === true ? 'On' : 'Off' } as const));
      await inTurn(plan, last, (client, { region }) => asking(
        { action: 'route53-recovery-cluster:UpdateRoutingControlStates', resource: `${Object.keys(plan.controls).join(', ')} by the endpoint in ${region}` },
        () => client.send(new UpdateRoutingControlStatesCommand({ UpdateRoutingControlStateEntries: entries }))));
    },
  };
}

/** All endpoints in an order that begins anywhere and ends with the one in the region `last`. */
export function rotation(endpoints: readonly Endpoint[], last: Region, chance: number): readonly Endpoint[] {
  const others = endpoints.filter(({ region }) => region !== last);
  const start = Math.floor(chance * others.length);
  return [...others.slice(start), ...others.slice(0, start), ...endpoints.filter(({ region }) => region === last)];
}
