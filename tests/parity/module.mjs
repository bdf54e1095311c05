// module.mjs -- build/tokenroof.wasm as a page sees it: what it asks for, what it offers, and its numbers beside
// JavaScript's own, which are a second opinion on both directions. node module.mjs MODULE HEADER...
import { readFileSync } from 'node:fs';

const [file, ...headers] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(file));
const { exports: core } = new WebAssembly.Instance(module, {});
let number = 0;
let failed = 0;
function check(name, bad) {
  number += 1;
  if (bad.length) failed += 1;
  console.log(`${bad.length ? 'not ok' : 'ok'} ${number} - ${name}`);
  for (const line of bad.slice(0, 5)) console.log(`# ${line}`);
}

check('the_module_asks_nothing_of_its_host',
  WebAssembly.Module.imports(module).map((i) => `imports ${i.module}.${i.name}`));

const declared = new Set(['memory', 'malloc', 'free']);
for (const header of headers) {
  const text = readFileSync(header, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  for (const [, name] of text.matchAll(/\bTR_API\b[^;{]*?\b(tr_\w+)\s*\(/g)) declared.add(name);
}
const exported = new Set(WebAssembly.Module.exports(module).map((e) => e.name));
check('the_module_offers_exactly_the_public_functions', [
  ...[...declared].filter((n) => !exported.has(n)).map((n) => `${n} is declared and not exported`),
  ...[...exported].filter((n) => !declared.has(n)).map((n) => `${n} is exported and not declared`),
]);

const ROOM = 2048;
const at = core.malloc(ROOM);
const result = core.malloc(8);
const bytes = () => new Uint8Array(core.memory.buffer);
const put = (text) => { bytes().set(new TextEncoder().encode(`${text}\0`), at); return at; };
const get = (length) => new TextDecoder().decode(bytes().subarray(at, at + length));
const view = new DataView(new ArrayBuffer(8));

let state = 88172645463325252n; // xorshift64: the same numbers at every run
function bits64() {
  state ^= BigInt.asUintN(64, state << 13n);
  state ^= state >> 7n;
  state ^= BigInt.asUintN(64, state << 17n);
  return state;
}
function anyDouble() {
  view.setBigUint64(0, bits64());
  return view.getFloat64(0);
}
const below = (n) => Number(bits64() % BigInt(n));

const written = [];
const doubles = [0, 1, 0.1, 1e-6, 1e-7, 1e20, 1e21, 2 ** 53, 5e-324, 1.7976931348623157e308, 123456789012345680000];
for (let i = 0; i < 50000; i++) {
  doubles.push(i % 3 === 0 ? anyDouble() : i % 3 === 1 ? below(1e9) / 10 ** below(9) : 2 ** (below(2098) - 1074));
}
for (const value of doubles) {
  if (!Number.isFinite(value) || Object.is(value, -0)) continue;
  const text = get(core.tr_number_format(value, at, ROOM));
  if (text !== String(value)) written.push(`${text} instead of ${value}`);
}
check('a_number_is_written_as_javascript_writes_it', written);

const read = [];
for (let i = 0; i < 50000; i++) {
  const digits = Array.from({ length: 1 + below(30) }, () => below(10)).join('');
  const point = below(digits.length + 1);
  const text = `${digits.slice(0, point)}.${digits.slice(point) || '0'}e${below(600) - 320}`;
  const want = Number(text);
  const status = core.tr_quantity_parse(put(text), 0, result, 0);
  if (status !== 0) {
    if (Number.isFinite(want) && want !== 0) read.push(`${text} is refused with status ${status}`);
    continue;
  }
  const got = new DataView(core.memory.buffer).getFloat64(result, true);
  if (!Object.is(got, want)) read.push(`${text}: ${got} instead of ${want}`);
}
check('a_number_is_read_as_javascript_reads_it', read);

console.log(`1..${number}`);
process.exit(failed ? 1 : 0);
