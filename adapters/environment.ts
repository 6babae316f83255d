// The environment of a Lambda, typed and checked once. The only reader of `process.env`; a missing variable is named with its fix.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InvalidInputError } from '../domain/errors.ts';
import type { Packaged } from '../domain/inventory.ts';
import type { ApplicationPlan, Region } from '../domain/plan.ts';
import type { CostRates } from '../domain/records.ts';
import { VERSION } from '../domain/version.ts';

export interface Environment {
  /** The region in which this code runs. */
  readonly region: Region;
  readonly table: string;
  readonly configFile: string;
  /** `address:port` of the name servers to ask instead of the system's; empty: the system's. */
  readonly dnsServers: readonly string[];
  readonly eventBus: string;
  /** `verify`: TLS with a checked certificate (AWS); `off`: plain TCP, for the twin's loopback only. */
  readonly databaseTls: 'verify' | 'off';
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Reads the environment. Throws InvalidInputError naming the variable. */
export function environment(variables: Variables = process.env): Environment {
  return {
    region: required(variables, 'AWS_REGION', 'Lambda sets it; elsewhere set it to the region that this code stands for'),
    table: required(variables, 'HOTSHIFT_TABLE', "set it to the name of Hotshift's DynamoDB global table"),
    // The deployment puts the plan beside the code, so that reading it needs no call that could fail.
    configFile: variables.HOTSHIFT_CONFIG_FILE ?? join(variables.LAMBDA_TASK_ROOT ?? process.cwd(), 'hotshift.json'),
    dnsServers: servers(variables.HOTSHIFT_DNS_SERVERS ?? ''),
    eventBus: variables.HOTSHIFT_EVENT_BUS ?? 'default',
    databaseTls: tls(variables.HOTSHIFT_DATABASE_TLS ?? 'verify'),
  };
}

/** The plans of the deployed configuration file, as text to parse; the path is named when it cannot be read. */
export function configText(configFile: string): string {
  try {
    return readFileSync(configFile, 'utf8');
  } catch (error) {
    throw new InvalidInputError(`HOTSHIFT_CONFIG_FILE: ${configFile} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'}); package the plan beside the code or set the variable`, { cause: error });
  }
}

/** The plans in the configuration file: JSON `{ "applications": [...] }`, validated field by field when it was made. */
export function plans(configFile: string): readonly ApplicationPlan[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(configText(configFile));
  } catch (error) {
    if (error instanceof InvalidInputError) throw error;
    throw new InvalidInputError(`${configFile}: is not JSON (${(error as Error).message}); make it anew with hotshift check`, { cause: error });
  }
  const applications = (parsed as { readonly applications?: unknown } | null)?.applications;
  if (!Array.isArray(applications)) throw new InvalidInputError(`${configFile}: applications: must be a list of plans; make it anew with hotshift check`);
  return applications as readonly ApplicationPlan[];
}

/** What was packaged together with the plan (resources/packaged.ts); undefined where only the plan was laid down. */
export function packagedBeside(configFile: string): Packaged | undefined {
  const file = join(dirname(configFile), 'packaged.json');
  return existsSync(file) ? JSON.parse(configText(file)) as Packaged : undefined;
}

/** The prices of the day on which this was packaged; undefined where none were laid down. */
export function ratesBeside(configFile: string): CostRates | undefined {
  const file = join(dirname(configFile), 'rates.json');
  return existsSync(file) ? JSON.parse(configText(file)) as CostRates : undefined;
}

/** What decides in a deployment, for the record: the plan as it was packaged, and the version of Hotshift. */
export const builtOf = (configFile: string): { readonly configSha256: string; readonly version: string } =>
  ({ configSha256: createHash('sha256').update(configText(configFile)).digest('hex'), version: VERSION });

/** The plan of one application; the known names are listed when it has none. */
export function planOf(all: readonly ApplicationPlan[], application: string): ApplicationPlan {
  const plan = all.find((entry) => entry.application === application);
  if (plan !== undefined) return plan;
  const known = all.map((entry) => entry.application).join(', ') || 'none';
  throw new InvalidInputError(`application: ${application} is not in the plan; known: ${known}`);
}

function required(variables: Variables, name: string, fix: string): string {
  const value = variables[name];
  if (value === undefined || value === '') throw new InvalidInputError(`environment variable ${name} is missing: ${fix}`);
  return value;
}

function servers(text: string): readonly string[] {
  const found = text.split(',').map((entry) => entry.trim()).filter((entry) => entry !== '');
  for (const entry of found) {
    if (!/^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:]+\]):\d{1,5}$/i.test(entry)) {
      throw new InvalidInputError(`environment variable HOTSHIFT_DNS_SERVERS: ${entry} is not address:port, such as 192.0.2.1:53`);
    }
  }
  return found;
}

function tls(text: string): 'verify' | 'off' {
  if (text === 'verify' || text === 'off') return text;
  throw new InvalidInputError(`environment variable HOTSHIFT_DATABASE_TLS: ${text} must be verify or off`);
}
