// What can be done to databases: engines that stop, replication that lags, what RDS shows, moves of Aurora by somebody else.
import type { Fault, TakeBack } from './faults.ts';
import { placeOf as placeIn } from './plan.ts';
import type { World } from './world.ts';

export function databases(world: World, fault: Fault & { readonly do: 'crash database' | 'stop replication' | 'lag' | 'status' | 'promotion' | 'open network' | 'foreign move' | 'block times out' }): TakeBack {
  const { rds, aurora } = world;
  const only = 'database' in fault ? fault.database : undefined;
  const pairs = only === undefined ? world.pairs : [world.pair(only)];
  pairs.forEach((pair) => pair.advance());
  switch (fault.do) {
    case 'crash database': {
      const instances = pairs.map((pair) => pair.in(placeIn(world.plan, fault.place)));
      for (const instance of instances) instance.running = false;
      return () => {
        world.places.beforeChange();
        for (const instance of instances) instance.running = instance.exists && world.places.state(instance.region) !== 'dead';
      };
    }
    case 'stop replication': {
      for (const pair of pairs) pair.replicating = false;
      return () => pairs.forEach((pair) => { pair.replicating = true; });
    }
    case 'lag': {
      for (const pair of pairs) pair.lagMs = fault.seconds * 1000;
      return () => pairs.forEach((pair) => { pair.lagMs = 30; });
    }
    case 'status': {
      const region = placeIn(world.plan, fault.place);
      const controls = [rds, aurora];
      for (const pair of pairs) for (const control of controls) control.setStatus(pair, region, fault.status);
      return () => pairs.forEach((pair) => controls.forEach((control) => control.setStatus(pair, region, 'available')));
    }
    case 'promotion': {
      for (const { name } of pairs) for (const { stalled } of [rds, aurora]) if (fault.stalls === true) stalled.add(name); else stalled.delete(name);
      rds.readOnlyAfterPromotion = fault.readOnly ?? false;
      if (fault.seconds !== undefined) rds.promotionMs = aurora.moveMs = [fault.seconds * 1000, fault.seconds * 1000];
      return undefined;
    }
    case 'foreign move': {
      const target = fault.to === 'elsewhere' ? fault.to : placeIn(world.plan, fault.to);
      for (const pair of pairs) {
        if (target === 'elsewhere' || fault.status === 'cancelling') aurora.begin(pair, { target, losesData: fault.losesData ?? true, status: fault.status ?? 'failing-over' });
        else aurora.promote(pair, target, fault.losesData === false ? 'planned' : 'unplanned');
      }
      return () => pairs.forEach((pair) => aurora.end(pair));
    }
    case 'block times out': {
      aurora.blockingTimesOut = true;
      return undefined;
    }
    case 'open network': {
      // Infrastructure code that puts back what it knows: the rules, and the parameter that the agent had changed.
      for (const instance of pairs.map((pair) => pair.in(placeIn(world.plan, fault.place)))) [instance.networkOpen, instance.sessionsLive, instance.readOnly, instance.readOnlySetting] = [true, true, false, false];
      return undefined;
    }
  }
}
