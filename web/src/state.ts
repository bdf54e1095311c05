// state.ts -- the scenario as texts, as they were typed, and its life in the address: a link is the whole question.
import { Engine, Input, Refusal } from './engine';

export const views = ['step', 'cost', 'roof', 'context', 'local', 'compare', 'lesson', 'explain'] as const;
export type View = (typeof views)[number];

/** Of many at once, which a machine of one's own is not asked about. */
const ofMany = ['batch_seq', 'context_token', 'query_token', 'phase', 'physics'];

/** What a visitor sees first. */
const first: [string, string][] = [['model', 'deepseek-v3'], ['system', 'gb200-nvl72'], ['batch_seq', '256'], ['context_token', '1024']];

export class State {
  readonly inputs: Input[];
  readonly texts: [Map<string, string>, Map<string, string>] = [new Map(), new Map()];
  /** The name of a dropped config.json; it lives in this page only, not in the address. */
  dropped = '';
  view: View = 'step';

  constructor(readonly engine: Engine) {
    this.inputs = engine.inputs().filter((i) => !i.group.startsWith('output') && i.key !== 'preset' && i.key !== 'gguf_head');
  }

  input(key: string): Input | undefined { return this.inputs.find((i) => i.key === key); }

  /** Set, or keep everything as it was and say why not. */
  set(slot: 0 | 1, key: string, text: string): Refusal | null {
    const before = this.texts[slot].get(key);
    try {
      this.put(slot, key, text);
      this.engine.ask(slot);
      return null;
    } catch (e) {
      if (!(e instanceof Refusal)) throw e;
      this.put(slot, key, before ?? '');
      try { this.engine.ask(slot); } catch { /* the question before this one stays */ }
      return e;
    }
  }

  private put(slot: 0 | 1, key: string, text: string): void {
    if (text === '') {
      this.engine.unset(slot, key);
      this.texts[slot].delete(key);
    } else {
      this.engine.set(slot, key, text);
      this.texts[slot].set(key, text);
    }
    if (slot === 0 && key === 'model') this.forget();
  }

  forget(): void {
    this.dropped = '';
    this.engine.configForget(0);
  }

  /** Everything of a slot at once; what cannot be taken is told, the rest stands. */
  replace(slot: 0 | 1, pairs: [string, string][]): string[] {
    const trouble: string[] = [];
    for (const input of this.inputs) this.engine.unset(slot, input.key);
    this.texts[slot].clear();
    if (slot === 0) this.forget();
    for (const [key, text] of pairs) {
      if (!this.input(key)) {
        trouble.push(`${key}: no such input`);
        continue;
      }
      try {
        this.put(slot, key, text);
      } catch (e) {
        trouble.push(`${key}: ${(e as Error).message}`);
      }
    }
    for (const [key, text] of first.slice(0, 2)) if (!this.texts[slot].has(key)) this.put(slot, key, text);
    try {
      this.engine.ask(slot);
    } catch (e) {
      trouble.push((e as Error).message);
      for (const [key, text] of first) this.put(slot, key, text);
      this.engine.ask(slot);
    }
    return trouble;
  }

  /** A preset's settings become texts of the page, read back from the engine. */
  preset(name: string): void {
    for (const input of this.inputs) this.engine.unset(0, input.key);
    this.texts[0].clear();
    this.forget();
    this.engine.preset(0, name);
    for (const [key, value] of Object.entries(this.engine.scenario(0)))
      if (this.input(key)) this.texts[0].set(key, Array.isArray(value) ? value.join(',') : String(value));
    this.engine.ask(0);
  }

  /** The engine's first question without what is of many at once, for as long as it takes. */
  alone<T>(answer: () => T): T {
    const held = ofMany.filter((key) => this.texts[0].has(key));
    for (const key of held) this.engine.unset(0, key);
    try {
      return answer();
    } finally {
      for (const key of held) this.engine.set(0, key, this.texts[0].get(key) ?? '');
    }
  }

  address(): string {
    const query = new URLSearchParams({ view: this.view });
    this.texts[0].forEach((text, key) => query.set(key, text));
    if (this.view === 'compare') this.texts[1].forEach((text, key) => query.set(`b.${key}`, text));
    return `#${query.toString()}`;
  }

  read(hash: string): string[] {
    const query = new URLSearchParams(hash.replace(/^#/, ''));
    const asked = query.get('view');
    this.view = views.find((v) => v === asked) ?? 'step';
    const a: [string, string][] = [];
    const b: [string, string][] = [];
    query.forEach((text, key) => {
      if (key === 'view' || text === '') return;
      if (key.startsWith('b.')) b.push([key.slice(2), text]);
      else a.push([key, text]);
    });
    const trouble = this.replace(0, a.length > 0 ? a : first);
    const other: [string, string][] = [...this.texts[0]];
    if (b.length === 0) b.push(...other.filter(([key]) => key !== 'system'), ['system', '8xh200-sxm']);
    return trouble.concat(this.replace(1, b));
  }

  /** The same question for the command line. */
  command(): string {
    const quote = (text: string) => (/^[\w./:,+@%-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`);
    const verb = { cost: 'menu', roof: 'roof', context: 'curve', local: 'local' }[this.view as string] ?? 'step';
    const words = ['tokenroof', verb, this.dropped || this.texts[0].get('model') || '', this.texts[0].get('system') ?? ''];
    this.texts[0].forEach((text, key) => {
      const input = this.input(key);
      if (input && key !== 'model' && key !== 'system' && (verb !== 'local' || !ofMany.includes(key))) words.push(`--${input.option}`, text);
    });
    if (verb === 'curve') words.push('--over', 'context');
    return words.filter((w) => w !== '').map(quote).join(' ');
  }
}
