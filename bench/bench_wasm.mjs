// bench_wasm.mjs -- the same kernels as WebAssembly and natively: node bench_wasm.mjs MODULE NATIVE_PROGRAM
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const [file, native] = process.argv.slice(2);
const NAME = ['step_array dense', 'step_array experts', 'step one by one', 'quantity parse'];
const UNIT = ['step/s', 'step/s', 'step/s', 'number/s'];
const SAMPLES = 15;
const SAMPLE_MS = 20;

const module = new WebAssembly.Module(readFileSync(file));
const { exports: core } = new WebAssembly.Instance(module, {});

function itemsPerSecond(kind) {
  if (!core.kernel_begin(kind)) throw new Error(`kernel ${kind} refused its input`);
  const time = (rounds) => {
    const start = performance.now();
    core.kernel_run(kind, rounds);
    return performance.now() - start;
  };
  let rounds = 1;
  for (let took = time(rounds); took < SAMPLE_MS; took = time(rounds)) rounds *= took < SAMPLE_MS / 16 ? 8 : 2;
  const sample = Array.from({ length: SAMPLES }, () => time(rounds)).sort((a, b) => a - b);
  return (core.kernel_items_per_round(kind) * rounds) / (sample[SAMPLES >> 1] / 1000);
}

const wasm = NAME.map((_, kind) => itemsPerSecond(kind));
const here = execFileSync(native, ['kernels'], { encoding: 'utf8' }).trim().split('\n').map(Number);
NAME.forEach((name, kind) => {
  console.log(JSON.stringify({
    bench: `wasm ${name}`, value: wasm[kind], unit: UNIT[kind], limit: here[kind],
    limit_what: 'the native build of the same source', share: wasm[kind] / here[kind],
  }));
});
