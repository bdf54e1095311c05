// build.mjs OUT -- bundle the page into OUT: types checked first, then one script, one worker, one style sheet.
import { copyFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
const types = spawnSync(process.execPath, [join(here, 'node_modules/typescript/bin/tsc'), '-p', here], { stdio: 'inherit' });
if (types.status !== 0) process.exit(1);
const common = { bundle: true, minify: true, target: 'es2021', format: 'iife', legalComments: 'none', logLevel: 'warning' };
await build({ ...common, entryPoints: [join(here, 'src/main.ts')], outfile: join(out, 'page.js') });
await build({ ...common, entryPoints: [join(here, 'src/worker.ts')], outfile: join(out, 'worker.js') });
await build({ ...common, entryPoints: [join(here, 'style.css')], outfile: join(out, 'style.css') });
copyFileSync(join(here, 'index.html'), join(out, 'index.html'));
