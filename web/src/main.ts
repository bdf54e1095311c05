// main.ts -- the page: one scenario, eight views of it. The engine computes and draws; this wires it to the hand.
import { Controls } from './controls';
import { byId, el, save } from './dom';
import { Catalog, Engine, Refusal } from './engine';
import { flatten } from './json';
import { Lesson } from './lesson';
import { draggable } from './plot';
import { State, views } from './state';
import { Views } from './views';

class Page {
  private readonly state: State;
  private readonly views: Views;
  private readonly lesson: Lesson;
  private readonly mine: Controls;
  private readonly other: Controls;
  private readonly status = byId('status');

  constructor(private readonly engine: Engine, private readonly catalog: Catalog) {
    this.state = new State(engine);
    const trouble = this.state.read(location.hash);
    const names = { model: catalog.models, system: catalog.systems };
    const explain = (id: string, working?: { formula: string; numbers: Record<string, number>; result: Record<string, number> }) => this.explain(id, working);
    this.views = new Views(this.state, engine, catalog, { picture: byId('picture'), below: byId('picture-below'), numbers: byId('numbers'), readout: byId('readout') }, explain);
    this.lesson = new Lesson(engine, byId('numbers'), explain);
    const changed = () => this.redraw();
    this.mine = new Controls(this.state, 0, changed, names);
    this.other = new Controls(this.state, 1, changed, names);
    byId('inputs').append(this.mine.panel(['model', 'system', 'load', 'number', 'cache', 'price', 'physics'], ['engine', 'layout']));
    byId('other').append(this.other.panel(['model', 'system', 'load']));
    this.tabs();
    this.presets();
    this.buttons();
    this.dropping();
    draggable(byId('picture'), (value) => {
      const key = this.state.view === 'context' ? 'context_token' : 'batch_seq';
      const whole = Math.max(1, Math.round(value));
      this.state.set(0, key, String(whole));
      this.redraw();
      requestAnimationFrame(() => { byId('readout').textContent = this.views.here(); });
    }, () => this.state.view === 'step' || this.state.view === 'cost' || this.state.view === 'context');
    addEventListener('hashchange', () => {
      if (location.hash === this.state.address()) return;
      this.say(this.state.read(location.hash).join('; '));
      this.show();
    });
    addEventListener('resize', () => { if (this.state.view === 'lesson') this.lesson.fit(); else this.redraw(); });
    byId('version').textContent = `tokenroof ${catalog.version} (${catalog.commit})`;
    this.say(trouble.join('; '));
    this.show();
  }

  private say(text: string): void { this.status.textContent = text; }

  private waiting = false;
  /** Once a frame, whatever the hand does. */
  private redraw(): void {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      const start = performance.now();
      this.mine.refresh();
      if (this.state.view === 'compare') this.other.refresh();
      if (this.state.view === 'lesson') { this.views.clear(); this.lesson.show(); }
      else this.views.draw();
      performance.measure('redraw', { start, end: performance.now() });
      this.remember();
    });
  }

  private later = 0;
  /** The address follows when the hand rests: browsers refuse a hundred changes a second. */
  private remember(): void {
    clearTimeout(this.later);
    this.later = window.setTimeout(() => history.replaceState(null, '', this.state.address()), 120);
  }

  private show(): void {
    for (const view of views) {
      const tab = byId(`tab-${view}`);
      const on = view === this.state.view;
      tab.setAttribute('aria-selected', String(on));
      tab.tabIndex = on ? 0 : -1;
    }
    byId('panel').setAttribute('aria-labelledby', `tab-${this.state.view}`);
    byId('panel').dataset.view = this.state.view;
    byId('other-box').hidden = this.state.view !== 'compare';
    byId('readout').textContent = '';
    this.redraw();
  }

  private tabs(): void {
    const list = byId('tabs');
    for (const view of views) {
      list.append(el('button', {
        type: 'button', role: 'tab', id: `tab-${view}`, 'aria-controls': 'panel',
        click: () => { this.state.view = view; this.show(); },
      }, view === 'local' ? 'Will it run on mine?' : view.charAt(0).toUpperCase() + view.slice(1)));
    }
    list.addEventListener('keydown', (event) => {
      const at = views.indexOf(this.state.view);
      const to = event.key === 'ArrowRight' ? at + 1 : event.key === 'ArrowLeft' ? at - 1 : event.key === 'Home' ? 0 : event.key === 'End' ? views.length - 1 : NaN;
      const view = views[(to + views.length) % views.length];
      if (Number.isNaN(to) || !view) return;
      event.preventDefault();
      this.state.view = view;
      this.show();
      byId(`tab-${view}`).focus();
    });
  }

  private presets(): void {
    const select = byId<HTMLSelectElement>('preset');
    for (const preset of this.catalog.presets) select.append(el('option', { value: preset.name, title: preset.doc }, preset.name));
    select.addEventListener('change', () => {
      const preset = this.catalog.presets.find((p) => p.name === select.value);
      if (!preset) return;
      this.state.preset(preset.name);
      this.say(preset.doc);
      this.show();
      select.value = '';
    });
  }

  private async copy(text: string, what: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.say(`${what} copied`);
    } catch {
      this.say(text);
    }
  }

  private buttons(): void {
    const on = (id: string, act: () => void) => byId(id).addEventListener('click', () => {
      try { act(); } catch (e) {
        if (!(e instanceof Refusal)) throw e;
        this.say(e.message);
      }
    });
    on('copy-link', () => void this.copy(new URL(this.state.address(), location.href).href, 'Link'));
    on('copy-command', () => void this.copy(this.state.command(), 'Command'));
    on('copy-json', () => void this.copy(this.state.view === 'local' ? this.state.alone(() => this.engine.answer(0, 'local', 'json')) : this.engine.answer(0, 'step', 'json'), 'JSON'));
    on('save-csv', () => save('tokenroof.csv', 'text/csv', this.csv()));
    on('save-svg', () => save('tokenroof.svg', 'image/svg+xml', this.views.file()));
    on('save-png', () => this.png(this.views.file()));
    byId('explain-close').addEventListener('click', () => byId<HTMLDialogElement>('explain').close());
  }

  private csv(): string {
    if (this.state.view === 'local') return this.state.alone(() => this.engine.answer(0, 'local', 'csv'));
    return this.engine.answer(0, this.state.view === 'cost' ? 'menu' : 'curve', 'csv');
  }

  private png(svg: string): void {
    const image = new Image();
    image.addEventListener('load', () => {
      const canvas = el('canvas', { width: image.naturalWidth * 2, height: image.naturalHeight * 2 });
      canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => { if (blob) save('tokenroof.png', 'image/png', blob); });
    });
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  }

  private explain(id: string, working?: { formula: string; numbers: Record<string, number>; result: Record<string, number> }): void {
    const e = JSON.parse(this.engine.explain(id)) as Record<'id' | 'title' | 'formula' | 'meaning' | 'derivation' | 'source' | 'caveats', string>;
    const body = byId('explain-body');
    const numbers = working ? Object.entries(working.numbers).map(([k, v]) => `${k} = ${v === null ? 'none' : Number(v.toPrecision(6))}`).join(', ') : '';
    const result = working ? Object.entries(working.result).map(([k, v]) => `${k} = ${v === null ? 'none' : Number(v.toPrecision(6))}`).join(', ') : '';
    body.replaceChildren(el('h2', { id: 'explain-title' }, `${e.id} ${e.title}`), el('p', {}, el('code', {}, e.formula)),
      ...(working ? [el('p', { class: 'numbers' }, `With the numbers of this page: ${numbers}`), el('p', { class: 'result' }, result)] : []),
      el('p', {}, e.meaning), el('h3', {}, 'Why'), el('p', {}, e.derivation), el('h3', {}, 'Source'), el('p', {}, e.source), el('h3', {}, 'Caveats'), el('p', {}, e.caveats));
    byId<HTMLDialogElement>('explain').showModal();
  }

  // ---- a config.json from the visitor's disk -----------------------------------

  private dropping(): void {
    const file = byId<HTMLInputElement>('file');
    file.addEventListener('change', () => {
      const chosen = file.files?.[0];
      if (chosen) void this.take(chosen);
      file.value = '';
    });
    window.addEventListener('dragover', (event) => {
      event.preventDefault();
      document.body.classList.add('dropping');
    });
    window.addEventListener('dragleave', (event) => { if (!event.relatedTarget) document.body.classList.remove('dropping'); });
    window.addEventListener('drop', (event) => {
      event.preventDefault();
      document.body.classList.remove('dropping');
      const dropped = event.dataTransfer?.files[0];
      if (dropped) void this.take(dropped);
    });
  }

  /** What cannot matter to an architecture is left out, as the command line does. */
  private static leftOut(key: string, value: unknown): boolean {
    return key.length >= 256 || (typeof value === 'string' && value.length >= 4096) || /quantized_layers\..*\.experts\.[1-9]/.test(key);
  }

  private async take(file: File): Promise<void> {
    const name = file.name.slice(0, 60);
    try {
      if (file.size > 16 << 20) throw new Error(`the file has ${file.size} bytes, at most ${16 << 20} are read`);
      const flat = flatten(await file.text());
      this.engine.configBegin();
      for (const { key, value, line } of flat) if (!Page.leftOut(key, value)) this.engine.configSet(key, value, line);
      this.engine.configEnd(0, this.state.texts[0].get('family') ?? '', name);
      this.engine.ask(0);
      this.state.dropped = name;
      this.say(`${name} is read: ${this.modelLine()}`);
    } catch (e) {
      const place = e instanceof Refusal && e.line > 0 ? ` (line ${e.line})` : '';
      this.say(`${name}: ${(e as Error).message}${place}`);
    }
    this.redraw();
  }

  private modelLine(): string {
    const model = JSON.parse(this.engine.model(0)) as { total_param: number; active_param: number };
    const count = (value: number) => this.engine.format(value, this.catalog.units.param);
    return `${count(model.total_param)} parameters, ${count(model.active_param)} active`;
  }
}

async function start(): Promise<void> {
  try {
    const engine = await Engine.load('tokenroof.wasm');
    new Page(engine, engine.catalog());
    byId('page').removeAttribute('aria-busy');
  } catch (e) {
    byId('status').textContent = `The engine did not start: ${(e as Error).message}`;
  }
  if ('serviceWorker' in navigator && location.protocol.startsWith('http')) navigator.serviceWorker.register('worker.js').catch(() => undefined);
}

void start();
