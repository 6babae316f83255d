// DynamoDB numbers: decimals of up to 38 significant digits, as text. JavaScript's numbers would round an epoch or a lag quietly.
import { AwsError } from '../../service.ts';

/** digits x 10^exponent. */
interface Decimal { readonly digits: bigint; readonly exponent: number }

const DIGITS_MAX = 38;
const MAGNITUDE_MAX = 126;
const MAGNITUDE_MIN = -130;

export const compareNumbers = (left: string, right: string): number => {
  const [a, b] = aligned(parse(left), parse(right));
  return a < b ? -1 : a > b ? 1 : 0;
};

export const addNumbers = (left: string, right: string): string => combine(left, right, 1n);
export const subtractNumbers = (left: string, right: string): string => combine(left, right, -1n);

/** The form in which DynamoDB stores and returns a number: 1.0 is 1, 1e2 is 100. */
export const normalNumber = (text: string): string => format(parse(text));

function combine(left: string, right: string, sign: bigint): string {
  const [a, b, exponent] = aligned(parse(left), parse(right));
  return format({ digits: a + sign * b, exponent });
}

function parse(text: string): Decimal {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/.exec(text.trim());
  const [, sign = '', whole = '', fraction = '', power = '0'] = match ?? [];
  if (match === null || whole + fraction === '') throw new AwsError('ValidationException', `A value provided cannot be converted into a number`);
  let digits = BigInt(whole + fraction);
  let exponent = Number(power) - fraction.length;
  if (digits === 0n) return { digits: 0n, exponent: 0 };
  while (digits % 10n === 0n) {
    digits /= 10n;
    exponent += 1;
  }
  const length = digits.toString().length;
  if (length > DIGITS_MAX) throw new AwsError('ValidationException', 'Attempting to store more than 38 significant digits in a Number');
  if (length + exponent > MAGNITUDE_MAX) throw new AwsError('ValidationException', 'Number overflow. Attempting to store a number with magnitude larger than supported range');
  if (length + exponent <= MAGNITUDE_MIN) throw new AwsError('ValidationException', 'Number underflow. Attempting to store a number with magnitude smaller than supported range');
  return { digits: sign === '-' ? -digits : digits, exponent };
}

function aligned(left: Decimal, right: Decimal): [bigint, bigint, number] {
  const exponent = Math.min(left.exponent, right.exponent);
  return [left.digits * 10n ** BigInt(left.exponent - exponent), right.digits * 10n ** BigInt(right.exponent - exponent), exponent];
}

function format({ digits, exponent }: Decimal): string {
  const sign = digits < 0n ? '-' : '';
  const text = (digits < 0n ? -digits : digits).toString();
  if (exponent >= 0) return sign + text + (text === '0' ? '' : '0'.repeat(exponent));
  const padded = text.padStart(1 - exponent, '0');
  const fraction = padded.slice(exponent).replace(/0+$/, '');
  const whole = padded.slice(0, exponent);
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
