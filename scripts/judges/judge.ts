// What a judge is: a tool (mostly one that nobody here wrote) that looks at what would be deployed and names its findings.
// A finding stands unless exceptions.yml says why it may; an exception that excuses nothing any more is a finding itself.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';

export interface Finding { readonly rule: string; readonly where: string; readonly what: string }
export interface Judgement { readonly findings: readonly Finding[]; readonly detail: string }

export interface Judge {
  readonly name: string;
  readonly needsPython: boolean;
  readonly judge: (room: Room) => Promise<Judgement>;
}

/** What judges are given: the packaged templates and, when there is a Python, the folder of its installed commands. */
export interface Room {
  readonly root: string;
  readonly templates: readonly Template[];
  readonly pythonCommands: string | undefined;
}
export interface Template { readonly region: string; readonly file: string; readonly body: TemplateBody }
export interface TemplateBody {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>>; readonly DependsOn?: string | readonly string[] }>>;
  readonly Parameters?: Readonly<Record<string, unknown>>;
}

const exceptions = z.record(z.string(), z.array(z.strictObject({
  rule: z.string(), where: z.string(), what: z.string().optional(), reason: z.string().min(40),
})));
export type Exception = z.infer<typeof exceptions>[string][number];

/** Judge -> exceptions. `where` and `what` are regular expressions over the whole text. */
export const readExceptions = (file = join(import.meta.dirname, 'exceptions.yml')): Readonly<Record<string, readonly Exception[]>> =>
  exceptions.parse(parse(readFileSync(file, 'utf8')));

/** The findings that stand: those without an exception and, where every exception is needed (`complete`), exceptions without a finding. */
export function standing(findings: readonly Finding[], allowed: readonly Exception[], complete = true): readonly Finding[] {
  const used = new Set<Exception>();
  const open = findings.filter((finding) => {
    const covering = allowed.filter((exception) => covers(exception, finding));
    for (const exception of covering) used.add(exception);
    return covering.length === 0;
  });
  const idle = complete ? allowed.filter((exception) => !used.has(exception)) : [];
  return [...open, ...idle.map((exception) => ({ rule: exception.rule, where: exception.where, what: 'this exception of exceptions.yml excuses nothing: remove it' }))];
}

const covers = (exception: Exception, finding: Finding): boolean => exception.rule === finding.rule
  && new RegExp(`^(?:${exception.where})$`).test(finding.where)
  && (exception.what === undefined || new RegExp(exception.what).test(finding.what));
