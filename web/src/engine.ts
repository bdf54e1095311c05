// engine.ts -- the WebAssembly module as functions of strings: the only file that knows its memory.

interface Exports {
  memory: WebAssembly.Memory;
  page_room(size: number): number;
  page_out(): number;
  page_out_size(): number;
  [name: string]: unknown;
}

export interface Input {
  key: string;
  option: string;
  kind: 'number' | 'list' | 'text' | 'choice' | 'switch' | 'dtype' | 'weights';
  unit: string;
  unit_id: number;
  min: number;
  max: number;
  slider_min: number;
  slider_max: number;
  slider_step: number;
  slider_log: boolean;
  fallback: string;
  follows: string; // a default that depends on other inputs, in words
  choices: string | null;
  group: string;
  doc: string;
}

export interface Catalog {
  models: string[];
  systems: string[];
  presets: { name: string; doc: string }[];
  units: Record<'none' | 'ratio' | 'second' | 'byte' | 'context' | 'seq' | 'param' | 'usdPerMtoken' | 'tokenPerS' | 'flopPerByte', number>;
  version: string;
  commit: string;
}

/** What the engine refused, in its own words. */
export class Refusal extends Error {
  constructor(
    readonly status: string,
    readonly field: string,
    text: string,
    readonly line: number,
  ) {
    super(text);
  }
}

export type Format = 'text' | 'json' | 'jsonl' | 'csv';
const formats: Format[] = ['text', 'json', 'jsonl', 'csv'];

type Value = string | number;

export class Engine {
  private readonly encoder = new TextEncoder();
  private readonly decoder = new TextDecoder();

  private constructor(private readonly core: Exports) {}

  static async load(url: string): Promise<Engine> {
    const { instance } = await WebAssembly.instantiateStreaming(fetch(url), {});
    const engine = new Engine(instance.exports as Exports);
    engine.call('page_start');
    return engine;
  }

  /** Texts go one after another into the module's room, each with its terminator. */
  private raw(name: string, args: Value[]): number {
    const texts = args.map((a) => (typeof a === 'string' ? this.encoder.encode(a) : null));
    const size = texts.reduce((sum, t) => sum + (t ? t.length + 1 : 0), 0);
    let at = size > 0 ? this.core.page_room(size) : 0;
    if (size > 0 && at === 0) throw new Refusal('no memory', '', 'out of memory', 0);
    const memory = new Uint8Array(this.core.memory.buffer);
    const passed = args.map((a, i) => {
      const text = texts[i];
      if (!text) return a as number;
      const start = at;
      memory.set(text, start);
      memory[start + text.length] = 0;
      at += text.length + 1;
      return start;
    });
    return (this.core[name] as (...a: number[]) => number)(...passed);
  }

  private out(): string {
    return this.decoder.decode(new Uint8Array(this.core.memory.buffer, this.core.page_out(), this.core.page_out_size()));
  }

  private call(name: string, ...args: Value[]): void {
    if (this.raw(name, args) !== 0) {
      const e = JSON.parse(this.out() || '{"status":"?","field":"","text":"the engine failed","line":0}') as {
        status: string; field: string; text: string; line: number;
      };
      throw new Refusal(e.status, e.field, e.text, e.line);
    }
  }

  private told(name: string, ...args: Value[]): string {
    this.call(name, ...args);
    return this.out();
  }

  inputs(): Input[] { return JSON.parse(this.told('page_inputs')) as Input[]; }
  catalog(): Catalog { return JSON.parse(this.told('page_catalog')) as Catalog; }
  format(value: number, unit: number): string { return this.told('page_format', value, unit); }
  parse(text: string, unit: number): number { return this.raw('page_parse', [text, unit]); }

  set(slot: number, key: string, text: string): void { this.call('page_set', slot, key, text); }
  unset(slot: number, key: string): void { this.raw('page_unset', [slot, key]); }
  preset(slot: number, name: string): void { this.call('page_preset', slot, name); }
  scenario(slot: number): Record<string, unknown> {
    return JSON.parse(this.told('page_scenario', slot)) as Record<string, unknown>;
  }

  configBegin(): void { this.call('page_config_begin'); }
  configSet(key: string, value: unknown, line: number): void {
    if (typeof value === 'number') this.call('page_config_number', key, value, line);
    else if (typeof value === 'string') this.call('page_config_text', key, value, line);
    else if (typeof value === 'boolean') this.call('page_config_bool', key, value ? 1 : 0, line);
    else this.call('page_config_null', key, line);
  }
  configEnd(slot: number, family: string, name: string): void { this.call('page_config_end', slot, family, name); }
  configForget(slot: number): void { this.raw('page_config_forget', [slot]); }

  ask(slot: number): void { this.call('page_ask', slot); }
  answer(slot: number, verb: string, format: Format, explain = false): string {
    return this.told('page_answer', slot, verb, formats.indexOf(format), explain ? 1 : 0);
  }
  model(slot: number): string { return this.told('page_model', slot); }
  /** The index-th picture of a verb. */
  figure(slot: number, verb: string, index: number, width: number, height: number, dark: number): string {
    return this.told('page_figure', slot, verb, index, width, height, dark);
  }
  compare(width: number, height: number, dark: number): string { return this.told('page_compare', width, height, dark); }
  explain(id: string): string { return this.told('page_explain', id); }
  lesson(slot: number, index: number): string { return this.told('page_lesson', slot, index); }
  /** The picture of an exercise: a sketch, or with its answer. */
  lessonFigure(slot: number, index: number, revealed: boolean, width: number): string {
    return this.told('page_lesson_figure', slot, index, revealed ? 1 : 0, width, 2);
  }
  grade(slot: number, index: number, guess: string): string { return this.told('page_grade', slot, index, guess); }
}
