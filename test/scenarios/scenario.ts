// The form of a scenario: given a world, when these faults happen, then this must come of it. Strict, since a misspelt fault that does
// nothing would make a test that cannot fail.
import * as z from 'zod';
import { HOOK_POINTS } from '../../domain/hooks.ts';
import { CALL_FAULTS } from '../../simulator/calls.ts';
import { HOOK_FAULTS } from '../../simulator/hooks.ts';
import { described, type Fault } from '../../simulator/faults.ts';
import type { PlanChanges } from '../../simulator/plan.ts';

const place = z.enum(['home', 'standby', 'witness', 'internet', 'us-east-1']);
const when = { at: z.number().nonnegative(), for: z.number().positive().exactOptional() };
const fault = <Name extends Fault['do'], Shape extends z.ZodRawShape>(name: Name, shape: Shape) => z.strictObject({ ...when, do: z.literal(name), ...shape });
const seconds = z.number();
/** This one alone; all of them when absent. */
const database = z.string().exactOptional();

const faultForm = z.discriminatedUnion('do', [
  fault('crash', { place }), fault('hang', { place }), fault('isolate', { place }), fault('crash database', { place, database }), fault('lose replica', { place }),
  fault('no agents', { place, agent: z.enum(['observe', 'enforce']).exactOptional() }), fault('open network', { place }), fault('slow', { place, ms: z.number() }),
  fault('cut', { from: place, to: place, bothWays: z.boolean().exactOptional() }),
  fault('stop replication', { database }), fault('lag', { seconds, database }),
  fault('events', { lost: z.number().exactOptional(), duplicated: z.number().exactOptional(), lateSeconds: z.number().exactOptional() }),
  fault('application', { place, fault: z.enum(['down', 'bad-content', 'read-failed', 'write-failed', 'slow']) }),
  fault('status', { place, status: z.string(), database }),
  fault('promotion', { database, stalls: z.boolean().exactOptional(), readOnly: z.boolean().exactOptional(), seconds: z.number().exactOptional() }),
  fault('foreign move', { to: z.enum(['home', 'standby', 'elsewhere']), status: z.string().exactOptional(), losesData: z.boolean().exactOptional(), database }), fault('block times out', {}),
  fault('slow names', { seconds }), fault('hook', { hook: z.string(), fault: z.enum(HOOK_FAULTS) }), fault('no capacity', { place, most: z.number().int() }), fault('chat down', {}), fault('all messages down', {}),
  fault('clock', { place, seconds }), fault('server clock', { place, seconds }),
  fault('call', { port: z.string(), step: z.string().exactOptional(), fault: z.enum(CALL_FAULTS), times: z.number().int().exactOptional(), skip: z.number().int().exactOptional() }),
  fault('budget', { service: z.enum(['traffic', 'database', 'capacity', 'leases', 'permits', 'journal']), burst: z.number(), perSecond: z.number() }),
  fault('pause', { seconds }), fault('resume', {}), fault('ack', {}), fault('abort', { execution: z.string().exactOptional() }),
  fault('answer approval', { decision: z.enum(['approve', 'reject']) }),
  fault('drill', { place, mode: z.enum(['traffic', 'switchover', 'rehearsal', 'return']).exactOptional(), evacuate: place.exactOptional(), name: z.string().exactOptional(), seconds: seconds.exactOptional() }),
  fault('failback', { place: place.exactOptional(), home: place.exactOptional(), keepWriter: z.boolean().exactOptional(), acceptLost: z.boolean().exactOptional(), drill: z.boolean().exactOptional(), name: z.string().exactOptional() }),
  fault('stop execution', {}), fault('alarm', { name: z.string() }), fault('critical finding', { name: z.string() }),
  fault('start', { place, evacuate: place, mode: z.enum(['automatic', 'manual']), name: z.string().exactOptional() }),
]);

const planForm = z.strictObject({
  approval: z.enum(['none', 'required']), approvalDefault: z.enum(['hold', 'proceed', 'abort']), approvalTimeoutSeconds: z.number(),
  unprovenFence: z.enum(['hand-over', 'proceed']), permitsEnforced: z.boolean(), rpoSeconds: z.number(), rtoSeconds: z.number(), databaseOutageSeconds: z.number(),
  promoteTimeoutSeconds: z.number(), cooldownSeconds: z.number(), databases: z.array(z.string()), aurora: z.array(z.string()), after: z.record(z.string(), z.array(z.string())), shards: z.record(z.string(), z.enum(['home', 'standby'])), hooks: z.partialRecord(z.enum(HOOK_POINTS), z.boolean()), healthChecks: z.boolean(), recordLeads: z.boolean(), strategyTimeoutSeconds: z.number(),
  strategies: z.array(z.enum(['health-check-switch', 'routing-control', 'weighted-records'])),
}).partial();

export const scenarioForm = z.strictObject({
  given: z.strictObject({
    plan: planForm.exactOptional(),
    /** False: the application ignores its permits. */
    checksPermits: z.boolean().exactOptional(),
    /** At least so long. */
    seconds: z.number().exactOptional(),
    seeds: z.array(z.number()).min(1).exactOptional(),
  }).default({}),
  when: z.array(faultForm),
  then: z.strictObject({
    outcome: z.enum(['Failed over', 'Stood down', 'Handed to a human', 'none']),
    /** How many executions ended with "Failed over". */
    failovers: z.number().int().exactOptional(),
    /** How the last drill ended, and a part of its reason. */
    drill: z.enum(['Drill passed', 'Drill stopped', 'Drill refused', 'Drill yielded', 'Drill elsewhere', 'Handed to a human', 'died']).exactOptional(),
    drillReason: z.string().exactOptional(),
    /** How each failback ended, in their order, and a part of the last one's reason. */
    failbacks: z.array(z.enum(['Failed back', 'Stood down', 'Failback yielded', 'Handed to a human', 'died'])).exactOptional(),
    failbackReason: z.string().exactOptional(),
    /** What the records of drills say, in their order: mode and outcome. */
    records: z.array(z.string()).exactOptional(),
    /** Where the records lead at the end: as the plan says, or one region has all. */
    users: z.enum(['as planned', 'home', 'standby']).exactOptional(),
    /** A part of the reason that the outcome gives. */
    reason: z.string().exactOptional(),
    promoted: z.enum(['standby', 'home', 'standby and home', 'nobody']),
    /** Who may be written to at the end; nobody while permits are withdrawn. */
    writer: z.enum(['standby', 'home', 'nobody', 'each its own']),
    /** The same of each database by its name. */
    writers: z.record(z.string(), z.enum(['standby', 'home', 'nobody'])).exactOptional(),
    /** Databases of which nothing was promoted, fenced or granted anew: their permits are those of the beginning. */
    untouched: z.array(z.string()).exactOptional(),
    /** `nothing`: no destructive call took effect. `any`: not the point here. */
    destroyed: z.enum(['nothing', 'any']).default('any'),
    /** Acknowledged writes that the final writer lacks; more than none must be reported (I3 sees to it). */
    lostMax: z.number().int().default(0),
    /** Parts of titles that people were told, and that nobody was told. */
    told: z.array(z.string()).default([]),
    notTold: z.array(z.string()).default([]),
    /** From the start of the execution with that outcome to its end. */
    withinSeconds: z.number().exactOptional(),
    /** The network of the old writer's database, read from the model at the end. */
    homeNetwork: z.enum(['closed', 'open']).exactOptional(),
  }),
  /** A hole that is known and reported: the test passes while it is there and fails when it was mended. */
  knownHole: z.string().exactOptional(),
});

export type Scenario = z.infer<typeof scenarioForm>;

/** The plan changes and faults in the simulator's own types. */
export const faultsOf = (scenario: Scenario): readonly Fault[] => scenario.when as readonly Fault[];
export const planOf = (scenario: Scenario): PlanChanges => (scenario.given.plan ?? {}) as PlanChanges;
export const told = (scenario: Scenario): string => faultsOf(scenario).map((entry) => `at ${entry.at} s: ${described(entry)}`).join('; ');
