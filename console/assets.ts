// What the page is made of: its HTML and style from this folder, its script bundled with the plot library when the console starts. All of
// it is served from memory; nothing is fetched from anywhere else.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';

export interface Asset { readonly type: string; readonly body: string }
export type Assets = ReadonlyMap<string, Asset>;

const folder = join(import.meta.dirname, 'page');

/** Rejects when the script does not build. */
export async function makeAssets(): Promise<Assets> {
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'main.ts')], bundle: true, minify: true, write: false, platform: 'browser', format: 'iife', target: 'es2022', logLevel: 'error', legalComments: 'inline',
  });
  const plots = join(createRequire(import.meta.url).resolve('uplot'), '..', 'uPlot.min.css');
  const text = (file: string): string => readFileSync(file, 'utf8');
  return new Map<string, Asset>([
    ['/', { type: 'text/html; charset=utf-8', body: text(join(folder, 'index.html')) }],
    ['/console.css', { type: 'text/css; charset=utf-8', body: `${text(plots)}\n${text(join(folder, 'style.css'))}` }],
    ['/console.js', { type: 'text/javascript; charset=utf-8', body: outputFiles[0]?.text ?? '' }],
    ['/icon.svg', { type: 'image/svg+xml', body: text(join(folder, 'icon.svg')) }],
  ]);
}
