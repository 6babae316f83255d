// A first hotshift.yml from a few answers: the commented example with the names replaced. Pure. ARNs, hosts and zones cannot be
// guessed; they stay examples and the file says so.
export interface InitAnswers {
  readonly application: string;
  readonly pair: readonly [string, string];
  readonly witness: string;
  /** Public URL of the application. */
  readonly url: string;
}

const header = `# Hotshift's plan. Written by \`hotshift init\`; check it with \`hotshift check\`.
# TO DO: ARNs, hosts, security groups, hosted zones, addresses and counts below are examples. Put your own.
`;

/** The example with all names replaced at once, so that swapped regions do not replace each other. */
export function initText(example: string, { application, pair, witness, url }: InitAnswers): string {
  const { host, origin } = new URL(url);
  const names: Readonly<Record<string, string>> = {
    'https://shop.example.com/': `${origin}/`,
    'shop.example.com': host,
    'eu-west-1': pair[0],
    'eu-central-1': pair[1],
    'eu-west-2': witness,
    'orders-ireland': `orders-${pair[0]}`,
    'orders-frankfurt': `orders-${pair[1]}`,
    'cluster: shop,': `cluster: ${application},`,
    '\n  shop:': `\n  ${application}:`,
  };
  const pattern = new RegExp(Object.keys(names).sort((left, right) => right.length - left.length).map((name) => name.replaceAll('.', String.raw`\.`)).join('|'), 'g');
  const body = example.slice(example.indexOf('version: 1'));
  return header + body.replaceAll(pattern, (name) => names[name] ?? name);
}
