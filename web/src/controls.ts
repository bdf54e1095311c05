// controls.ts -- a control for every row of the engine's table of inputs: slider, box, unit, reset, meaning.
import { el } from './dom';
import { Input } from './engine';
import { State } from './state';

const positions = 1000; // of a slider

/** Where a value stands on its slider, and back; three digits are enough for a hand. */
function toPosition(input: Input, value: number): number {
  const { slider_min: low, slider_max: high } = input;
  if (!(value > 0) && input.slider_log) return 0;
  const share = input.slider_log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return Math.round(Math.min(1, Math.max(0, share)) * positions);
}

function fromPosition(input: Input, position: number): number {
  const { slider_min: low, slider_max: high, slider_step: step } = input;
  const share = position / positions;
  const value = input.slider_log ? low * Math.pow(high / low, share) : low + (high - low) * share;
  if (step > 0) return Math.round(value / step) * step;
  return low >= 1 && high > 100 && value < 1000 ? Math.round(value) : Number(value.toPrecision(3));
}

const titles: Record<string, string> = {
  model: 'Model', system: 'System', load: 'Load', number: 'Number formats', cache: 'Cache', price: 'Price', physics: 'Physics', engine: 'Engine', layout: 'Layout',
};

export class Controls {
  private readonly refreshers: (() => void)[] = [];

  constructor(
    private readonly state: State,
    private readonly slot: 0 | 1,
    private readonly changed: () => void,
    private readonly names: { model: string[]; system: string[] },
  ) {}

  /** Groups a visitor needs first stand open, the next ones are a click away, and behind them those that other verbs ask. */
  panel(open: string[], next: string[] = []): HTMLElement {
    const groups = [...new Set(this.state.inputs.map((i) => i.group))];
    const box = el('div', { class: 'controls' });
    const rest = el('details', {}, el('summary', {}, 'Inputs of other verbs, for the command and the JSON'));
    const first = [...open, ...next];
    for (const group of [...first, ...groups.filter((g) => !first.includes(g))]) {
      const inputs = this.state.inputs.filter((i) => i.group === group && i.key !== 'data');
      if (inputs.length === 0) continue;
      const title = titles[group] ?? group.charAt(0).toUpperCase() + group.slice(1);
      const rows = inputs.map((i) => this.control(i));
      (first.includes(group) ? box : rest).append(
        open.includes(group)
          ? el('fieldset', {}, el('legend', {}, title), ...rows)
          : el('details', {}, el('summary', {}, title), ...rows),
      );
    }
    if (rest.childElementCount > 1) box.append(rest);
    return box;
  }

  refresh(): void {
    for (const refresh of this.refreshers) refresh();
  }

  private control(input: Input): HTMLElement {
    const id = `${this.slot === 0 ? '' : 'b-'}${input.key}`;
    const message = el('p', { class: 'refusal', id: `${id}-refusal`, role: 'alert' });
    const apply = (text: string) => {
      const refusal = this.state.set(this.slot, input.key, text);
      message.textContent = refusal ? refusal.message : '';
      this.changed();
    };
    const label = el('label', { for: id }, input.key.replace(/_(token|seq|usd_per_hour|token_per_s|s|px)$/, '').replace(/_/g, ' '));
    const reset = el('button', {
      type: 'button', class: 'reset', title: 'back to the default', 'aria-label': `${label.textContent}: back to the default`,
      click: () => apply(''),
    }, '↺');
    const doc = el('p', { class: 'doc', id: `${id}-doc` }, input.doc);
    const field = this.field(input, id, apply);
    const row = el('div', { class: `control ${input.kind}`, 'data-key': input.key }, label, field, reset, message, doc);
    this.refreshers.push(() => { reset.hidden = !this.state.texts[this.slot].has(input.key) || input.key === 'model' || input.key === 'system'; });
    return row;
  }

  private text(key: string): string { return this.state.texts[this.slot].get(key) ?? ''; }

  private field(input: Input, id: string, apply: (text: string) => void): HTMLElement {
    const described = { 'aria-describedby': `${id}-doc ${id}-refusal` };
    if (input.kind === 'choice' || input.kind === 'dtype' || input.kind === 'weights') {
      const select = el('select', { id, ...described, change: () => apply(select.value === input.fallback ? '' : select.value) });
      for (const word of (input.choices ?? '').split('|')) select.append(el('option', { value: word }, word));
      if (input.fallback === '') select.prepend(el('option', { value: '' }, input.follows || 'not set'));
      this.refreshers.push(() => { select.value = this.text(input.key) || input.fallback; });
      return select;
    }
    if (input.kind === 'switch') {
      const box = el('input', { id, type: 'checkbox', ...described, change: () => apply(box.checked ? 'on' : '') });
      this.refreshers.push(() => { box.checked = this.text(input.key) === 'on'; });
      return box;
    }
    const box = el('input', {
      id, type: 'text', autocomplete: 'off', spellcheck: 'false', placeholder: input.fallback || input.follows || 'not set', ...described,
      change: () => apply(box.value.trim()),
    });
    this.refreshers.push(() => {
      if (input.key === 'model' && this.slot === 0 && this.state.dropped) box.value = this.state.dropped;
      else if (document.activeElement !== box || this.text(input.key) !== '') box.value = this.text(input.key);
      else if (this.text(input.key) === '') box.value = '';
    });
    if (input.kind === 'text') {
      const names = input.key === 'model' ? this.names.model : input.key === 'system' ? this.names.system : [];
      if (names.length === 0) return box;
      const list = el('datalist', { id: `${id}-names` });
      for (const name of names) list.append(el('option', { value: name }));
      box.setAttribute('list', list.id);
      return el('span', { class: 'pick' }, box, list);
    }
    return this.slider(input, id, box, apply);
  }

  private slider(input: Input, id: string, box: HTMLInputElement, apply: (text: string) => void): HTMLElement {
    if (!(input.slider_max > input.slider_min)) return box;
    const slider = el('input', {
      type: 'range', min: 0, max: positions, step: 1, class: 'slider', id: `${id}-slider`, 'aria-label': `${input.key.replace(/_/g, ' ')}, slider`,
    });
    let waiting = false;
    slider.addEventListener('input', () => {
      const value = fromPosition(input, Number(slider.value));
      slider.setAttribute('aria-valuetext', this.state.engine.format(value, input.unit_id));
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        apply(String(fromPosition(input, Number(slider.value))));
      });
    });
    const shown = el('output', { for: id, class: 'shown' });
    this.refreshers.push(() => {
      const text = this.text(input.key) || input.fallback;
      const value = text === '' ? NaN : this.state.engine.parse(text.split(',')[0]?.split('..')[0] ?? '', input.unit_id);
      shown.textContent = Number.isFinite(value) ? this.state.engine.format(value, input.unit_id) : '';
      if (!Number.isFinite(value)) return;
      slider.value = String(toPosition(input, value));
      slider.setAttribute('aria-valuetext', shown.textContent ?? '');
    });
    return el('span', { class: 'range' }, slider, box, shown);
  }
}
