// The checks of Hotshift's own parts in one place: table, secrets, functions with their rights, starts, workflow, Slack, drills.
import type { PackagedPlace } from '../../domain/inventory.ts';
import type { Region } from '../../domain/plan.ts';
import { bucketOf, STANDARD_EVIDENCE } from '../../domain/records.ts';
import { bucketFindings, BUCKET_FINDINGS } from './bucket.ts';
import { notChecked, type Check } from './check.ts';
import { keyFindings } from './database.ts';
import {
  drillFindings, functionDriftFindings, functionFindings, FUNCTION_DRIFT_FINDINGS, FUNCTION_FINDINGS, machineFindings, MACHINE_FINDINGS, ruleFindings, scheduleFindings, slackFindings,
} from './deployment.ts';
import { accountOf, callsOf, permissionFindings } from './permissions.ts';
import { secretFindings, SECRET_FINDINGS } from './secrets.ts';
import type { Asked } from './subject.ts';
import { tableFindings, TABLE_FINDINGS } from './table.ts';

const MACHINE = 'hotshift-failover';
const GROUP = 'hotshift';

export function deploymentChecks(asked: Asked): readonly Check[] {
  const { plan, place, table, inventory, packaged, isFirst, now } = asked;
  const places = [...plan.regions, plan.witness];
  const there = packaged?.places[place];
  return [
    { what: `table ${table}`, region: place, covers: TABLE_FINDINGS, run: async () => tableFindings(table, place, places, await inventory.table(place, table)) },
    ...secretChecks(asked),
    ...(there === undefined ? [unpackaged(place)] : packagedChecks(asked, there)),
    bucketCheck(asked, Object.keys(there?.functions ?? { archive: true })),
    ...slackChecks(asked),
    ...(isFirst ? [{ what: 'the last drill', region: 'global', covers: ['drill-none', 'drill-old'], run: async () => drillFindings(plan, await inventory.drills(plan.application), now) } satisfies Check] : []),
  ];
}

function unpackaged(place: Region): Check {
  const check = { what: 'functions, rights, rules, schedules and state machine', region: place, covers: ['function-missing'] } as const;
  return { ...check, run: () => Promise.resolve([notChecked(check, 'there is no package to hold them against: run npm run package')]) };
}

function secretChecks({ plan, place, inventory }: Asked): readonly Check[] {
  const slack = plan.notifications.slack?.tokenSecretId;
  const ids = [...new Set([...plan.databases.flatMap(({ instances }) => instances[place]?.secretId ?? []), ...(slack === undefined ? [] : [slack]), ...(plan.regions.includes(place) ? plan.sessions?.signingKeySecretIds ?? [] : [])])];
  return ids.flatMap((id): readonly Check[] => [
    { what: `secret ${id}`, region: place, covers: SECRET_FINDINGS, run: async () => secretFindings(id, place, await inventory.secret(place, id)) },
    {
      what: `KMS key of secret ${id}`, region: place, covers: ['secret-key-disabled'],
      run: async () => {
        const keyId = (await inventory.secret(place, id))?.keyId;
        // Without a key of its own a secret is under AWS's, which nobody can disable.
        return keyId === undefined ? [] : keyFindings('secret-key-disabled', place, id, await inventory.keyState(place, keyId));
      },
    },
  ]);
}

function packagedChecks(asked: Asked, there: PackagedPlace): readonly Check[] {
  const { plan, place, inventory, packaged } = asked;
  const names = Object.keys(there.functions);
  return [
    ...names.map((name): Check => ({
      what: `function ${name}`, region: place, covers: FUNCTION_FINDINGS,
      run: async () => functionFindings(name, place, await inventory.function(place, name), packaged?.codeSha256[name] ?? '', there.functions[name]?.reservedConcurrency ?? 1),
    })),
    ...(place === plan.regions[0] ? [] : [driftCheck(asked, names)]),
    ...names.map((name) => permissionCheck(asked, name, there)),
    {
      what: `state machine ${MACHINE}`, region: place, covers: MACHINE_FINDINGS,
      run: async () => {
        const account = await accountAt(asked, names);
        return machineFindings(MACHINE, place, await inventory.machine(place, MACHINE, account), packaged?.definition ?? '');
      },
    },
    ...there.rules.map(({ name, target }): Check => ({ what: `rule ${name}`, region: place, covers: ['rule-disabled'], run: async () => ruleFindings(name, place, target, await inventory.rule(place, name)) })),
    ...there.schedules.filter((name) => !name.includes('/') || name.endsWith(`/${plan.application}`)).map((entry): Check => {
      const name = entry.replace('/', '-');
      return { what: `schedule ${name}`, region: place, covers: ['schedule-disabled'], run: async () => scheduleFindings(name, place, await inventory.schedule(place, GROUP, name)) };
    }),
  ];
}

/** Its name holds the account, so that nobody else can have it. */
function bucketCheck(asked: Asked, names: readonly string[]): Check {
  const { place, inventory, packaged } = asked;
  return {
    what: 'bucket of records', region: place, covers: BUCKET_FINDINGS,
    run: async () => {
      const name = bucketOf(await accountAt(asked, names), place);
      return bucketFindings(name, place, await inventory.bucket(place, name), packaged?.evidence ?? STANDARD_EVIDENCE);
    },
  };
}

/** The ARN of the state machine needs the account, which any deployed function's role tells. */
async function accountAt({ place, inventory }: Asked, names: readonly string[]): Promise<string> {
  for (const name of names) {
    const found = await inventory.function(place, name);
    if (found !== undefined) return accountOf(found.roleArn);
  }
  throw new Error(`no function of Hotshift is in ${place}: the account is not known`);
}

/** One check for all functions: a region that does not answer is said once. */
function driftCheck({ plan, place, inventory }: Asked, names: readonly string[]): Check {
  const first = plan.regions[0];
  return {
    what: `functions compared with ${first}`, region: place, covers: FUNCTION_DRIFT_FINDINGS,
    run: async () => (await Promise.all(names.map(async (name) => {
      const [here, there] = await Promise.all([inventory.function(place, name), inventory.function(first, name)]);
      return here === undefined || there === undefined ? [] : functionDriftFindings(name, place, here, first, there);
    }))).flat(),
  };
}

function permissionCheck({ place, inventory }: Asked, name: string, there: PackagedPlace): Check {
  return {
    what: `rights of ${name}`, region: place, covers: ['permission-denied'],
    run: async () => {
      const role = (await inventory.function(place, name))?.roleArn;
      if (role === undefined) return [];
      const decisions = [];
      // One after the other: IAM answers few simulations a second.
      for (const call of callsOf(there.functions[name]?.calls ?? [], role)) decisions.push(...await inventory.simulate(call));
      return permissionFindings(name, place, decisions);
    },
  };
}

function slackChecks({ plan, place, inventory }: Asked): readonly Check[] {
  const { slack } = plan.notifications;
  if (slack === undefined) return [];
  return [{ what: 'Slack', region: place, covers: ['slack-refused'], run: async () => slackFindings(slack.tokenSecretId, place, await inventory.slackTrouble(place, slack.apiUrl, slack.tokenSecretId)) }];
}
