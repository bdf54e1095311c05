// parity_wasm.mjs -- parity_main.c for the WebAssembly module: node parity_wasm.mjs MODULE hash CASES BLOCK | case N
import { readFileSync } from 'node:fs';

const [file, verb, ...numbers] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(file));
const { exports: core } = new WebAssembly.Instance(module, {});
const hex = (bits) => BigInt.asUintN(64, bits).toString(16).padStart(16, '0');
const text = (at) => {
  const bytes = new Uint8Array(core.memory.buffer, at);
  return new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0)));
};

if (!core.parity_begin()) process.exit(3);
if (verb === 'hash') {
  const [cases, block] = numbers.map(Number);
  for (let first = 0; first < cases; first += block) console.log(`${first} ${hex(core.parity_hash(first, block))}`);
} else {
  const at = core.parity_case(Number(numbers[0]));
  const view = new DataView(core.memory.buffer);
  for (let i = 0; i < core.parity_value_count(); i++) {
    const value = view.getFloat64(at + 8 * i, true);
    const bits = Number.isNaN(value) ? 0x7ff8000000000000n : view.getBigUint64(at + 8 * i, true);
    console.log(`${hex(bits)} ${text(core.parity_value_name(i))}`);
  }
}
