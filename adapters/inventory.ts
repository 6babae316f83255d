// The inventory of AWS for a rehearsal: reads only. Every SDK command behind it is a Describe, Get, List or Simulate.
import type { Inventory } from '../domain/inventory.ts';
import { systemClock } from './clock.ts';
import type { Environment } from './environment.ts';
import { bucketInventory } from './inventory-bucket.ts';
import { capacityInventory } from './inventory-capacity.ts';
import { databaseInventory } from './inventory-database.ts';
import { deploymentInventory } from './inventory-deployment.ts';
import { recordInventory } from './inventory-records.ts';
import { slackInventory } from './inventory-slack.ts';
import { storeInventory } from './inventory-stores.ts';
import { secretsManager } from './secrets.ts';
import { tableIn } from './table.ts';

/** Items of the table are read through its replica in `region`. */
export const inventoryOf = ({ region, table, dnsServers }: Pick<Environment, 'region' | 'table' | 'dnsServers'>): Inventory => ({
  ...databaseInventory(systemClock), ...recordInventory(dnsServers), ...storeInventory(tableIn(region, table)), ...capacityInventory(systemClock),
  ...bucketInventory(), ...deploymentInventory(), ...slackInventory(secretsManager()),
});
