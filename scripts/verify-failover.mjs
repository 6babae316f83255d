// Holds the JSON of `npm start -- --json` against what the README promises. Run by CI; exits 1 with each broken promise.
import { readFileSync } from 'node:fs';

const text = readFileSync(process.argv[2], 'utf8').trim();
const result = JSON.parse(text.slice(text.lastIndexOf('\n{') + 1));
const promises = {
  'outcome is Failed over': result.outcome === 'Failed over',
  'there was one writer': result.writersSeen === 1,
  'writes were acknowledged': result.ackedWrites > 100,
  'every lost acknowledged write lies in the reported loss window': result.lostOutsideWindow === 0,
  'all invariants hold': Object.keys(result.invariants).length >= 10 && Object.values(result.invariants).every(Boolean),
  'write downtime is at most 1.5 times the floor': result.writeDowntimeSeconds > 0 && result.writeDowntimeSeconds <= 1.5 * result.floor.seconds,
};
const broken = Object.entries(promises).filter(([, kept]) => !kept).map(([promise]) => promise);
console.log(JSON.stringify(result, null, 1));
for (const promise of broken) console.error(`broken: ${promise}`);
process.exit(broken.length === 0 ? 0 : 1);
