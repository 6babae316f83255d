// Stands for a twin that is killed: starts an application, tells its pid, and waits.
import { startApplication } from '../../../twin/application/start.ts';
import type { ApplicationConfigInput } from '../../../twin/application/config.ts';

const app = await startApplication(JSON.parse(process.argv[2] ?? '') as ApplicationConfigInput);
process.send?.(app.pid);
setInterval(() => undefined, 60_000);
