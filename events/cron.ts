// A cron expression of EventBridge Scheduler as the moments that it names, by the calendar of its own time zone: what two schedules have to
// do with each other is a question about dates. Pure. What this does not read is no expression that AWS documents
// (docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html, read 2026-11).

const DAY_MINUTES = 1440;
const DAY_MS = 86_400_000;
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

interface Field { readonly low: number; readonly high: number; readonly names?: readonly string[] }
const FIELDS: readonly Field[] = [{ low: 0, high: 59 }, { low: 0, high: 23 }, { low: 1, high: 31 }, { low: 1, high: 12, names: MONTHS }, { low: 1, high: 7, names: WEEKDAYS }];

/** Says whether a day is meant. `undefined`: the expression cannot be read. */
type DayTest = (day: Date) => boolean;

/**
 * Minutes since 1970 by the wall clock of the zone, of `days` days from `from` on; undefined when the expression cannot be read. One that
 * names years is not: what is to come again and again has none.
 */
export function momentsOf(cron: string, from: string, days: number): readonly number[] | undefined {
  const [minutes, hours, monthDays, months, weekDays, years] = /^CRON\((.+)\)$/.exec(cron.toUpperCase())?.[1]?.split(' ') ?? [];
  const [minute, hour, month] = [valuesOf(minutes, FIELDS[0]), valuesOf(hours, FIELDS[1]), valuesOf(months, FIELDS[3])];
  const day = dayTest(monthDays, weekDays);
  if (minute === undefined || hour === undefined || month === undefined || day === undefined || years !== '*') return undefined;
  const times = hour.flatMap((at) => minute.map((past) => at * 60 + past)).sort((left, right) => left - right);
  const first = Date.parse(`${from}T00:00:00Z`);
  return Array.from({ length: days }, (_, index) => new Date(first + index * DAY_MS))
    .filter((date) => month.includes(date.getUTCMonth() + 1) && day(date))
    .flatMap((date) => times.map((time) => (date.getTime() / DAY_MS) * DAY_MINUTES + time));
}

/** One of the two says which days, and `?` stands in the other. */
function dayTest(monthDays: string | undefined, weekDays: string | undefined): DayTest | undefined {
  if (monthDays !== '?' && weekDays === '?') return monthDayTest(monthDays);
  return monthDays === '?' && weekDays !== '?' ? weekDayTest(weekDays) : undefined;
}

const lastDay = (date: Date): number => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();

function monthDayTest(text = ''): DayTest | undefined {
  if (text === 'L') return (date) => date.getUTCDate() === lastDay(date);
  const near = /^(\d{1,2})W$/.exec(text)?.[1];
  if (near !== undefined) return Number(near) < 1 || Number(near) > 31 ? undefined : (date) => date.getUTCDate() === nearestWeekday(date, Number(near));
  const values = valuesOf(text, FIELDS[2]);
  return values === undefined ? undefined : (date) => values.includes(date.getUTCDate());
}

/** The working day next to a day of the month, within that month. */
function nearestWeekday(date: Date, wanted: number): number {
  const day = Math.min(wanted, lastDay(date));
  const weekday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day)).getUTCDay();
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === lastDay(date) ? day - 2 : day + 1;
  return day;
}

function weekDayTest(text = ''): DayTest | undefined {
  const [, name = '', nth] = /^(\w+)#([1-5])$/.exec(text) ?? [];
  const [, last] = /^(\w+)L$/.exec(text) ?? [];
  const values = valuesOf(name === '' ? last ?? text : name, FIELDS[4]);
  if (values === undefined || ((name !== '' || last !== undefined) && values.length !== 1)) return undefined;
  const isMeant: DayTest = (date) => values.includes(date.getUTCDay() + 1);
  if (name !== '') return (date) => isMeant(date) && Math.ceil(date.getUTCDate() / 7) === Number(nth);
  return last === undefined ? isMeant : (date) => isMeant(date) && date.getUTCDate() + 7 > lastDay(date);
}

/** Lists, ranges and steps; undefined when a part is none of them or out of bounds. */
function valuesOf(text: string | undefined, field: Field | undefined): readonly number[] | undefined {
  if (text === undefined || field === undefined) return undefined;
  const parts = text.split(',').map((part) => partOf(part, field));
  return parts.some((part) => part === undefined) ? undefined : [...new Set(parts.flatMap((part) => part ?? []))];
}

function partOf(part: string, { low, high, names = [] }: Field): readonly number[] | undefined {
  const [range = '', step, ...more] = part.split('/');
  const number = (word: string): number => (/^\d{1,2}$/.test(word) ? Number(word) : names.includes(word) ? names.indexOf(word) + low : Number.NaN);
  const [from = Number.NaN, to = step === undefined ? from : high, ...others] = range === '*' ? [low, high] : range.split('-').map(number);
  const every = step === undefined ? 1 : /^[1-9]\d?$/.test(step) ? Number(step) : Number.NaN;
  if (more.length > 0 || others.length > 0 || Number.isNaN(every) || !(from >= low && to <= high && from <= to)) return undefined;
  return Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, index) => from + index * every);
}
