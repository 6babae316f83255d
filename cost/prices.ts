// The dated price file: every price with its source, or marked as an assumption. A file with a price missing, negative or without
// its origin is refused as a whole.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { readForm } from './form.ts';

const priceNames = [
  'lambdaGbSecond', 'lambdaMillionRequests', 'stepFunctionsThousandTransitions', 'dynamodbMillionWrites', 'dynamodbMillionReads', 'dynamodbGbMonth',
  'alarmMonth', 'fastAlarmMonth', 'compositeAlarmMonth', 'metricMonth', 'dashboardMonth', 'logsGb', 'logsGbMonth', 'tracesMillion', 'keyMonth', 'secretMonth',
  'scheduledMillion', 'healthCheckMonth', 'internetGb', 'interRegionGb', 'vcpuHour', 'memoryGbHour', 'loadBalancerHour', 'loadUnitHour', 'natGatewayHour',
  'databaseHour', 'databaseGbMonth', 'backupGbMonth', 'regionSwitchMonth', 'routingClusterHour',
] as const;
export type PriceName = (typeof priceNames)[number];

const price = z.strictObject({
  dollars: z.number().min(0).max(1_000_000).meta({ examples: [0.1] }),
  per: z.string().min(1).max(200).meta({ examples: ['GB and month'] }),
  source: z.string().min(1).max(300).optional(),
  assumption: z.string().min(1).max(300).optional(),
}).refine((entry) => (entry.source === undefined) !== (entry.assumption === undefined), 'must have a source, or an assumption where there is none, and not both');
export type Price = z.output<typeof price>;

const priceFile = z.strictObject({
  read: z.iso.date('must be the day on which the prices were read').meta({ examples: ["'2026-11-24'"] }),
  region: z.string().min(1).max(30).meta({ examples: ['us-east-1'] }),
  prices: z.strictObject(Object.fromEntries(priceNames.map((name) => [name, price])) as Record<PriceName, typeof price>),
});
export type Prices = z.output<typeof priceFile>;

export const STANDARD_PRICES = join(import.meta.dirname, 'prices-2026-11.yaml');

/** Throws InvalidConfigError with every problem. */
export const readPrices = (text: string, fileName: string): Prices => readForm(priceFile, text, fileName);

export const standardPrices = (): Prices => readPrices(readFileSync(STANDARD_PRICES, 'utf8'), 'prices-2026-11.yaml');
