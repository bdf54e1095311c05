// json.ts -- a config.json as "path = value" with the line of each value, as the engine wants it, and errors with a place.

export interface Flat {
  key: string;
  value: string | number | boolean | null;
  line: number;
}

export class JsonError extends Error {}

const limitByte = 16 << 20;
const limitDepth = 32;

export function flatten(text: string): Flat[] {
  if (text.length > limitByte) throw new JsonError(`the file has ${text.length} characters, at most ${limitByte} are read`);
  const out: Flat[] = [];
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let line = 1;
  let lineStart = at;

  function fail(what: string): never {
    throw new JsonError(`${what} (line ${line}, column ${at - lineStart + 1})`);
  }
  function blank(): void {
    for (; at < text.length; at++) {
      const c = text.charCodeAt(at);
      if (c === 10) {
        line++;
        lineStart = at + 1;
      } else if (c !== 32 && c !== 9 && c !== 13) return;
    }
  }
  function string(): string {
    const start = at++;
    for (; at < text.length; at++) {
      const c = text.charCodeAt(at);
      if (c === 92) at++;
      else if (c === 34) break;
      else if (c < 32) fail('a control character inside a text');
    }
    if (at >= text.length) fail('a text that does not end');
    at++;
    try {
      return JSON.parse(text.slice(start, at)) as string;
    } catch {
      return fail('a text with a broken escape');
    }
  }
  const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  function scalar(): string | number | boolean | null {
    const c = text[at];
    if (c === '"') return string();
    for (const [word, value] of [['true', true], ['false', false], ['null', null], ['Infinity', null], ['-Infinity', null]] as const)
      if (text.startsWith(word, at)) {
        at += word.length;
        return value;
      }
    number.lastIndex = at;
    const match = number.exec(text);
    if (!match) fail(at >= text.length ? 'the file ends inside a value' : 'expected a value');
    at += match[0].length;
    return Number(match[0]);
  }
  function value(path: string, depth: number): void {
    blank();
    if (depth > limitDepth) fail(`more than ${limitDepth} objects and lists inside each other`);
    if (text[at] === '{') {
      at++;
      const seen = new Set<string>();
      for (blank(); text[at] !== '}'; blank()) {
        if (text[at] !== '"') fail('expected a key in quotes');
        const key = string();
        if (seen.has(key)) fail(`the key "${key.slice(0, 60)}" stands twice`);
        seen.add(key);
        blank();
        if (text[at] !== ':') fail('expected a colon after the key');
        at++;
        value(path === '' ? key : `${path}.${key}`, depth + 1);
        blank();
        if (text[at] === ',') {
          at++;
          blank();
          if (text[at] === '}') fail('expected a key after the comma');
        } else if (text[at] !== '}') fail('expected a comma or a closing brace');
      }
      at++;
    } else if (text[at] === '[') {
      at++;
      blank();
      for (let i = 0; text[at] !== ']'; i++) {
        value(path === '' ? String(i) : `${path}.${i}`, depth + 1);
        blank();
        if (text[at] === ',') {
          at++;
          blank();
          if (text[at] === ']') fail('expected a value after the comma');
        } else if (text[at] !== ']') fail('expected a comma or a closing bracket');
      }
      at++;
    } else {
      const place = line;
      out.push({ key: path, value: scalar(), line: place });
    }
  }

  blank();
  if (text[at] !== '{') fail('expected an object: a config.json begins with a brace');
  value('', 1);
  blank();
  if (at < text.length) fail('text after the end of the object');
  return out;
}
