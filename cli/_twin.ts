import { Command } from 'commander';
import { registerTwin } from '../twin/command.ts';
const p = new Command('hotshift'); registerTwin(p); await p.parseAsync();
