// Bundles each Lambda by itself with esbuild: the same files are deployed and run in the twin.
// CommonJS in a `.cjs`: a `.js` below a `"type": "module"` package.json would export nothing when the twin loads it.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { functionNames } from '../resources/functions.ts';

export interface Bundle { readonly name: string; readonly file: string; readonly sizeKilobytes: number }

const root = join(import.meta.dirname, '..');
/** Writes `dist/functions/<name>/index.cjs` for every function; rejects when one does not build. */
export async function bundle(outputDirectory = join(root, 'dist', 'functions')): Promise<readonly Bundle[]> {
  rmSync(outputDirectory, { recursive: true, force: true });
  mkdirSync(outputDirectory, { recursive: true });
  return Promise.all(functionNames().map(async (name) => {
    const file = join(outputDirectory, name, 'index.cjs');
    const result = await build({
      entryPoints: [join(root, 'functions', name, 'handler.ts')], outfile: file,
      // Inputs in the metafile are named from here, wherever it is run.
      absWorkingDir: root, bundle: true, minify: true, keepNames: true, platform: 'node', target: 'node24', format: 'cjs', metafile: true, logLevel: 'error',
      sourcemap: false, legalComments: 'none', external: ['pg-native'],
    });
    const bytes = Object.values(result.metafile.outputs)[0]?.bytes ?? 0;
    writeFileSync(join(outputDirectory, name, 'meta.json'), JSON.stringify(result.metafile));
    return { name, file, sizeKilobytes: Math.round(bytes / 1024) };
  }));
}

if (import.meta.main) {
  for (const { name, sizeKilobytes } of await bundle()) console.log(`${name.padEnd(10)} ${String(sizeKilobytes).padStart(5)} KB`);
}
