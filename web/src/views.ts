// views.ts -- what each view shows of an answer: one picture by the engine, the numbers as a table, words.
import { el, svgOf } from './dom';
import { Catalog, Engine, Refusal } from './engine';
import { readable } from './plot';
import { State } from './state';

export interface StepAnswer {
  terms: Record<string, number>;
  /** By the physics asked for; beside it the bound, and what is predicted with its 90 % interval: null for numbers alone, or what does not fit. */
  step_s: number; step_s_bound: number; step_s_predicted: number | null; step_s_low: number | null; step_s_high: number | null;
  limited_by: string; physics: string;
  token_per_s: number; token_per_s_per_seq: number; token_per_s_per_chip: number; usd_per_mtoken: number;
  mfu: number; mbu: number; floor_s: number; balance_batch_seq: number | null; max_batch_seq: number | null;
  intensity_flop_per_byte: number; ridge_flop_per_byte: number; batch_seq: number; context_token: number;
  fits: boolean; reason: string | null;
  explain?: Working[];
  notes?: string[];
}

interface Working { id: string; title: string; formula: string; numbers: Record<string, number>; result: Record<string, number> }

type Unit = keyof Catalog['units'];

/** Rows of the step's table: what stands where in the answer, its unit, the equation behind it; beyond: not the bound's; measured: of what is predicted. */
const rows: { label: string; unit: Unit; equation: string; value: (a: StepAnswer) => number | null | undefined; beyond?: boolean; measured?: boolean }[] = [
  { label: 'compute', unit: 'second', equation: 'R2', value: (a) => a.terms.compute_s },
  { label: 'weights', unit: 'second', equation: 'R3', value: (a) => a.terms.weights_s },
  { label: 'KV cache', unit: 'second', equation: 'R5', value: (a) => a.terms.kv_s },
  { label: 'links', unit: 'second', equation: 'R27', value: (a) => a.terms.comm_s, beyond: true },
  { label: 'launches, layers, host', unit: 'second', equation: 'F3', value: (a) => a.terms.fixed_s, beyond: true },
  { label: 'step', unit: 'second', equation: 'R1', value: (a) => a.step_s },
  { label: 'predicted', unit: 'second', equation: 'F3', value: (a) => a.step_s_predicted, measured: true },
  { label: '90 % interval from', unit: 'second', equation: 'F8', value: (a) => a.step_s_low, measured: true },
  { label: '90 % interval to', unit: 'second', equation: 'F8', value: (a) => a.step_s_high, measured: true },
  { label: 'lower bound', unit: 'second', equation: 'R1', value: (a) => a.step_s_bound, measured: true },
  { label: 'floor', unit: 'second', equation: 'R6', value: (a) => a.floor_s },
  { label: 'tokens, all sequences', unit: 'tokenPerS', equation: 'R1', value: (a) => a.token_per_s },
  { label: 'tokens, each sequence', unit: 'tokenPerS', equation: 'R1', value: (a) => a.token_per_s_per_seq },
  { label: 'cost of a million tokens', unit: 'usdPerMtoken', equation: 'K1', value: (a) => a.usd_per_mtoken || null },
  { label: 'MFU', unit: 'ratio', equation: 'R8', value: (a) => a.mfu },
  { label: 'MBU', unit: 'ratio', equation: 'R8', value: (a) => a.mbu },
  { label: 'balance batch', unit: 'seq', equation: 'R9', value: (a) => a.balance_batch_seq },
  { label: 'largest batch', unit: 'seq', equation: 'R12', value: (a) => a.max_batch_seq },
  { label: 'ridge', unit: 'flopPerByte', equation: 'R7', value: (a) => a.ridge_flop_per_byte },
];

const named: Record<string, string> = { kv: 'the KV cache', comm: 'links', fixed: 'launches and layers' };
/** The equation of a whole step, by physics. */
const whole: Record<string, string> = { bound: 'R1', ops: 'R27', fitted: 'F3' };

export class Views {
  constructor(
    private readonly state: State,
    private readonly engine: Engine,
    private readonly catalog: Catalog,
    private readonly places: { picture: HTMLElement; below: HTMLElement; numbers: HTMLElement; readout: HTMLElement },
    private readonly explain: (id: string, working?: Working) => void,
  ) {}

  format(value: number | null | undefined, unit: Unit): string {
    return value === null || value === undefined || !Number.isFinite(value) ? 'none' : this.engine.format(value, this.catalog.units[unit]);
  }

  private width(): number {
    const box = this.places.picture.clientWidth || 960;
    return Math.min(1200, Math.max(320, Math.floor(box)));
  }

  /** Old picture and numbers stay where the engine refuses; the refusal is shown. */
  private put(svgText: string, reader?: { x: Unit; y: Unit; grip?: number }): void {
    const svg = svgOf(svgText);
    if (reader)
      readable(svg, {
        readout: this.places.readout,
        formatX: (v) => this.format(reader.x === 'seq' || reader.x === 'context' ? Math.round(v) : v, reader.x),
        formatY: (v) => this.format(v, reader.y),
        ...(reader.grip === undefined ? {} : { grip: reader.grip }),
      });
    this.places.picture.replaceChildren(svg);
  }

  /** No picture. */
  clear(): void {
    this.later = '';
    this.places.picture.replaceChildren();
    this.places.below.replaceChildren();
  }

  private later = '';
  /** The second picture of a view is drawn a frame after the first, so that a hand never waits for it. */
  private below(name: string): void {
    const waiting = this.later !== '';
    this.later = name;
    if (name === '') this.places.below.replaceChildren();
    if (waiting || name === '') return;
    requestAnimationFrame(() => setTimeout(() => {
      const wanted = this.later;
      this.later = '';
      if (wanted === '') return;
      const start = performance.now();
      try {
        const draw = () => svgOf(this.engine.figure(0, wanted, wanted === 'local' ? 1 : 0, this.width(), 0, 2));
        this.places.below.replaceChildren(wanted === 'local' ? this.state.alone(draw) : draw());
      } catch (e) {
        if (!(e instanceof Refusal)) throw e;
        this.places.below.replaceChildren();
      }
      performance.measure('redraw below', { start, end: performance.now() });
    }));
  }

  /** The view's picture: a verb of the engine's table and which of its pictures. */
  private figure(width: number, dark: number): string {
    const [verb, index] = { cost: ['report', 1] as const, roof: ['roof', 0] as const, context: ['curve', 0] as const, local: ['local', 0] as const }[this.state.view as string] ?? ['step', 0] as const;
    this.engine.set(0, 'over', this.state.view === 'context' ? 'context' : 'batch');
    return this.engine.figure(0, verb, index, width, 0, dark);
  }

  /** The picture as a file in the colours of paper. */
  file(): string {
    if (this.state.view === 'compare') return this.engine.compare(960, 0, 0);
    return this.state.view === 'local' ? this.state.alone(() => this.figure(960, 0)) : this.figure(960, 0);
  }

  answer(slot: 0 | 1, explain = false): StepAnswer {
    const parsed = JSON.parse(this.engine.answer(slot, 'step', 'json', explain)) as StepAnswer & { rows?: StepAnswer[] };
    return parsed.rows?.[0] ? { ...parsed, ...parsed.rows[0] } : parsed;
  }

  /** Where the visitor's own value stands, in one line. */
  here(): string {
    const a = this.answer(0);
    return `batch ${this.format(a.batch_seq, 'seq')} at ${this.format(a.context_token, 'context')} of context: ${this.format(a.step_s, 'second')}`;
  }

  draw(): void {
    const { view } = this.state;
    this.below({ cost: 'menu', context: 'memory', local: 'local' }[view as string] ?? '');
    try {
      if (view === 'compare') this.compare();
      else if (view === 'explain') this.equations();
      else if (view === 'local') this.state.alone(() => this.local());
      else if (view !== 'lesson') this.pictured(view);
    } catch (e) {
      if (!(e instanceof Refusal)) throw e;
      this.places.numbers.replaceChildren(el('p', { class: 'refusal', role: 'alert' }, e.message));
    }
  }

  private pictured(view: string): void {
    const a = this.answer(0);
    const grip = view === 'context' ? a.context_token : a.batch_seq;
    const numbers: (HTMLElement | false)[] = [];
    const x: Unit = view === 'context' ? 'context' : view === 'roof' ? 'flopPerByte' : 'seq';
    this.put(this.figure(this.width(), 2),
      { x, y: view === 'cost' ? 'usdPerMtoken' : 'second', ...(view === 'roof' ? {} : { grip }) });
    if (view === 'step') numbers.push(this.stepTable(a), this.whatIf());
    else if (view === 'cost') numbers.push(this.menu());
    else numbers.push(this.stepTable(a));
    if (a.notes && a.notes.length > 0) numbers.push(el('div', { class: 'notes' }, ...a.notes.map((n) => el('p', {}, n))));
    this.places.numbers.replaceChildren(...numbers.filter((n): n is HTMLElement => n !== false));
  }

  private equationButton(id: string): HTMLElement {
    return el('button', {
      type: 'button', class: 'equation', 'aria-label': `explain equation ${id}`,
      click: () => {
        const working = this.answer(0, true).explain?.find((w) => w.id === id);
        this.explain(id, working);
      },
    }, id);
  }

  private stepTable(a: StepAnswer): HTMLElement {
    const table = el('table', { class: 'terms' }, el('caption', {},
      a.fits ? `One pass takes ${this.format(a.step_s, 'second')}, ${a.physics === 'bound' ? 'limited by' : 'most of it'} ${named[a.limited_by] ?? a.limited_by}` : 'This does not fit'));
    const body = el('tbody');
    for (const row of rows) {
      if ((row.beyond && a.physics === 'bound') || (row.measured && a.step_s_predicted === null)) continue;
      const value = row.value(a);
      body.append(el('tr', { class: row.label === 'step' ? 'result' : '' },
        el('th', { scope: 'row' }, row.label), el('td', {}, this.format(value, row.unit)), el('td', {}, this.equationButton(row.label === 'step' ? whole[a.physics] ?? row.equation : row.equation))));
    }
    table.append(el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'term'), el('th', { scope: 'col' }, 'value'), el('th', { scope: 'col' }, 'why'))), body);
    return el('div', {}, table, !a.fits && el('p', { class: 'refusal' }, a.reason ?? ''));
  }

  private whatIfTimer = 0;
  private whatIfTable: HTMLElement | null = null;
  /** Dozens of questions: asked once the hand rests; until then the last answer stands. */
  private whatIf(): HTMLElement {
    const box = el('div', { class: 'scroll wide', tabindex: 0, role: 'region', 'aria-label': 'what if each input were doubled' });
    if (this.whatIfTable) box.append(this.whatIfTable);
    clearTimeout(this.whatIfTimer);
    this.whatIfTimer = window.setTimeout(() => {
      try {
        this.whatIfTable = this.whatIfOf();
      } catch (e) {
        if (!(e instanceof Refusal)) throw e;
        this.whatIfTable = null; /* numbers alone serve no requests */
      }
      box.replaceChildren(...(this.whatIfTable ? [this.whatIfTable] : []));
    }, 200);
    return box;
  }

  private whatIfOf(): HTMLElement {
    type Row = { input: string; factor: number; fits: boolean; limited_by: string | null; ratio: Record<string, { predicted: number | null }> };
    const answer = JSON.parse(this.engine.answer(0, 'whatif', 'json')) as { scenario: Record<string, number>; rows: Row[] };
    const ratio = (row: Row, name: string) => {
      const value = row.ratio[name]?.predicted;
      return typeof value === 'number' ? `×${Number(value.toPrecision(3))}` : '–';
    };
    const head = ['twice the', 'TTFT', 'TPOT', 'tokens/s', 'cost', 'limited by'];
    const body = el('tbody');
    for (const row of answer.rows.filter((r) => r.factor === 2))
      body.append(el('tr', {}, el('th', { scope: 'row' }, row.input.replace('_', ' ')), ...(row.fits
        ? [...['ttft_s', 'tpot_s', 'output_token_per_s', 'usd_per_mtoken_output'].map((name) => ratio(row, name)), String(row.limited_by)].map((t) => el('td', {}, t))
        : [el('td', { colspan: 5 }, 'does not fit')])));
    const { isl_token: isl, osl_token: osl } = answer.scenario;
    return el('table', { class: 'whatif' }, el('caption', {}, `What if one input doubled? Predicted, for requests of ${this.format(isl, 'context')} in and ${this.format(osl, 'context')} out`),
      el('thead', {}, el('tr', {}, ...head.map((h) => el('th', { scope: 'col' }, h)))), body);
  }

  private menu(): HTMLElement {
    const answer = JSON.parse(this.engine.answer(0, 'menu', 'json')) as { floor_usd_per_mtoken: number | null; modes: Record<string, number | string | boolean | null>[] };
    const head = ['mode', 'batch', 'each sequence', 'a million tokens', 'speed', 'price'];
    const body = el('tbody');
    const ratio = (v: unknown) => (typeof v === 'number' ? `×${Number(v.toPrecision(3))}` : '–');
    for (const m of answer.modes)
      body.append(el('tr', {}, el('th', { scope: 'row' }, String(m.mode)), el('td', {}, this.format(m.batch_seq as number, 'seq')),
        el('td', {}, this.format(m.token_per_s_per_seq as number, 'tokenPerS')), el('td', {}, this.format(m.usd_per_mtoken as number, 'usdPerMtoken')),
        el('td', {}, ratio(m.speed_ratio)), el('td', {}, m.fits ? ratio(m.price_ratio) : 'does not fit')));
    return el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'the menu of speeds and prices' },
      el('table', { class: 'menu' }, el('caption', {}, answer.floor_usd_per_mtoken ? `The menu. No slow mode is cheaper than ${this.format(answer.floor_usd_per_mtoken, 'usdPerMtoken')}` : 'The menu'),
        el('thead', {}, el('tr', {}, ...head.map((h) => el('th', { scope: 'col' }, h)))), body));
  }

  private compare(): void {
    const [a, b] = [this.answer(0), this.answer(1)];
    this.put(this.engine.compare(this.width(), 0, 2), { x: 'seq', y: 'second' });
    const body = el('tbody');
    for (const row of rows) {
      if ((row.beyond && a.physics === 'bound' && b.physics === 'bound') || (row.measured && a.step_s_predicted === null && b.step_s_predicted === null)) continue;
      const [va, vb] = [row.value(a), row.value(b)];
      const ratio = typeof va === 'number' && typeof vb === 'number' && va > 0 ? `×${Number((vb / va).toPrecision(3))}` : '–';
      body.append(el('tr', {}, el('th', { scope: 'row' }, row.label), el('td', {}, this.format(va, row.unit)), el('td', {}, this.format(vb, row.unit)), el('td', {}, ratio)));
    }
    const name = (slot: 0 | 1) => `${slot === 0 && this.state.dropped ? this.state.dropped : this.state.texts[slot].get('model') ?? ''} on ${this.state.texts[slot].get('system') ?? ''}`;
    this.places.numbers.replaceChildren(el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'differences' },
      el('table', { class: 'compare' }, el('caption', {}, 'First against second, at the batch and context of each'),
        el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'term'), el('th', { scope: 'col' }, name(0)), el('th', { scope: 'col' }, name(1)), el('th', { scope: 'col' }, 'second / first'))), body)));
  }

  /** Every quantisation of the model on this machine; of a model too large, what would hold it. */
  private local(): void {
    type Quantity = { predicted: number | null; low: number | null; high: number | null; bound: number | null };
    type Row = { weight_dtype: string; best: boolean; fits: boolean; reason: string | null; file_byte: number; max_context_token: number | null; short: { context_token: number; token_per_s: Quantity }; ttft_s: Quantity };
    type Answer = { rows: Row[]; best: { weight_dtype: string | null; why: string; quality?: string }; nearest: { change: string; command: string }[] };
    const answer = JSON.parse(this.engine.answer(0, 'local', 'json')) as Answer;
    try {
      this.put(this.figure(this.width(), 2));
    } catch (e) {
      if (!(e instanceof Refusal)) throw e;
      this.clear(); /* nothing fits: the table says what would */
    }
    const between = (q: Quantity, unit: Unit) => (q.predicted === null ? '–' : `${this.format(q.predicted, unit)} (${this.format(q.low, unit)} to ${this.format(q.high, unit)})`);
    const head = ['weights', 'file', 'longest context', 'tokens/s, 90 % interval', 'bound', 'first token'];
    const body = el('tbody');
    for (const r of answer.rows)
      body.append(el('tr', { class: r.best ? 'result' : '' }, el('th', { scope: 'row' }, r.weight_dtype), el('td', {}, this.format(r.file_byte, 'byte')),
        ...(r.fits
          ? [this.format(r.max_context_token, 'context'), between(r.short.token_per_s, 'none'), this.format(r.short.token_per_s.bound, 'none'), between(r.ttft_s, 'second')].map((t) => el('td', {}, t))
          : [el('td', { colspan: 4 }, 'does not fit')])));
    const best = answer.best;
    this.places.numbers.replaceChildren(
      ...(answer.nearest.length > 0 ? [el('div', { class: 'wide' }, el('h2', {}, 'What would do, each tried'), ...answer.nearest.map((n) => el('p', {}, `${n.change}: tokenroof local ${n.command}`)))] : []),
      el('div', { class: 'scroll wide', tabindex: 0, role: 'region', 'aria-label': 'every quantisation on this machine' },
        el('table', { class: 'local' }, el('caption', {}, best.weight_dtype === null ? 'Nothing fits' : `Take ${best.weight_dtype}: ${best.why}${best.quality ? `; ${best.quality}` : ''}`),
          el('thead', {}, el('tr', {}, ...head.map((h) => el('th', { scope: 'col' }, h)))), body)));
  }

  private equations(): void {
    const working = this.answer(0, true).explain ?? [];
    const list = el('div', { class: 'workings' });
    for (const w of working) {
      const shown = Object.entries({ ...w.numbers }).map(([k, v]) => `${k} = ${Number(v.toPrecision(6))}`).join(', ');
      const result = Object.entries(w.result).map(([k, v]) => `${k} = ${v === null ? 'none' : Number(v.toPrecision(6))}`).join(', ');
      list.append(el('section', {}, el('h3', {}, `${w.id} ${w.title} `, this.equationButton(w.id)), el('p', {}, el('code', {}, w.formula)),
        el('p', { class: 'numbers' }, shown), el('p', { class: 'result' }, result)));
    }
    this.clear();
    this.places.numbers.replaceChildren(el('h2', {}, 'The working of this step'), list);
  }
}
