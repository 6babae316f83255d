// The problems of a configuration for people: place and field on one line, then what is wrong, then the fix. Pure.
import { pathText, type ConfigIssue } from '../../events/config.ts';
import { safe, wrapped, type Style } from './style.ts';

/** `hotshift.yml:12:5` stands first, so that editors and terminals make it a link. */
export function issuesText(issues: readonly ConfigIssue[], style: Style, columns: number | undefined, fileName = 'hotshift.yml'): string {
  return issues.map((issue) => {
    const place = issue.line === undefined ? fileName : `${fileName}:${issue.line}:${issue.column ?? 1}`;
    const severity = issue.severity === 'error' ? style.bad('error') : style.warn('warning');
    const found = issue.value === undefined ? '' : ` ${style.dim(`(found ${safe(issue.value)})`)}`;
    return [
      `${style.bold(safe(place))} ${severity} ${safe(pathText(issue.path))}${found}`,
      ...wrapped(safe(issue.message), columns, '  '),
      ...wrapped(safe(issue.fix), columns, '       ', `  ${style.dim('fix:')} `),
    ].join('\n');
  }).join('\n\n');
}
