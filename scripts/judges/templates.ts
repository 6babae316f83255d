// The two linters of templates that nobody here wrote: cfn-lint (AWS's own) and checkov (security).
import { join } from 'node:path';
import type { Finding, Judge, Room } from './judge.ts';
import { run } from './python.ts';

interface LintMatch { readonly Filename: string; readonly Message: string; readonly Rule: { readonly Id: string }; readonly Location: { readonly Path?: readonly (string | number)[] } }

export const cfnLint: Judge = {
  name: 'cfn-lint', needsPython: true,
  async judge({ templates, pythonCommands = '' }: Room) {
    const { code, stdout, stderr } = await run(join(pythonCommands, 'cfn-lint'), ['--format', 'json', '--include-checks', 'I', '--', ...templates.map(({ file }) => file)]);
    // Exit codes are bits of 2 (errors), 4 (warnings), 8 (informational); 1 and others mean that it broke.
    if ((code & ~14) !== 0) throw new Error(`cfn-lint ended with ${code}: ${stderr.slice(0, 500)}`);
    const matches = JSON.parse(stdout) as readonly LintMatch[];
    const findings = matches.map(({ Filename, Message, Rule, Location }): Finding => ({
      rule: Rule.Id, where: `${regionOf(templates, Filename)}: ${(Location.Path ?? []).join('/')}`, what: Message,
    }));
    return { findings, detail: `${templates.length} templates` };
  },
};

interface CheckovReport {
  readonly results: { readonly failed_checks: readonly { readonly check_id: string; readonly check_name: string; readonly resource: string; readonly file_abs_path: string }[] };
  readonly summary: { readonly passed: number; readonly parsing_errors: number; readonly resource_count: number };
}

export const checkov: Judge = {
  name: 'checkov', needsPython: true,
  async judge({ templates, pythonCommands = '' }: Room) {
    const { code, stdout, stderr } = await run(join(pythonCommands, 'checkov'), ['--framework', 'cloudformation', '--skip-download', '--compact', '--quiet', '--output', 'json', '--file', ...templates.map(({ file }) => file)]);
    if (code > 1) throw new Error(`checkov ended with ${code}: ${stderr.slice(0, 500)}`);
    const { results, summary } = JSON.parse(stdout) as CheckovReport;
    // A checker that read nothing has no findings either.
    if (summary.parsing_errors > 0 || summary.passed === 0) throw new Error(`checkov did not read the templates: ${JSON.stringify(summary)}`);
    const findings = results.failed_checks.map((check): Finding => ({ rule: check.check_id, where: `${regionOf(templates, check.file_abs_path)}: ${check.resource}`, what: check.check_name }));
    return { findings, detail: `${summary.passed} checks passed on ${summary.resource_count} resources` };
  },
};

const regionOf = (templates: Room['templates'], file: string): string => templates.find((template) => template.file === file)?.region ?? file;
