// plot.ts -- reading a picture with the pointer: a line that follows it, the values there, and the batch to drag.

interface Axis { log: boolean; min: number; max: number }

function axisOf(svg: SVGSVGElement, name: string): Axis {
  const [kind, min, max] = (svg.getAttribute(name) ?? 'linear 0 1').split(' ');
  return { log: kind === 'log', min: Number(min), max: Number(max) };
}

function toValue(axis: Axis, share: number): number {
  return axis.log ? axis.min * Math.pow(axis.max / axis.min, share) : axis.min + (axis.max - axis.min) * share;
}

function toShare(axis: Axis, value: number): number {
  return axis.log ? Math.log(value / axis.min) / Math.log(axis.max / axis.min) : (value - axis.min) / (axis.max - axis.min);
}

function line(svg: SVGSVGElement, kind: string): SVGLineElement {
  const node = document.createElementNS('http://www.w3.org/2000/svg', 'line');
  node.setAttribute('class', kind);
  svg.append(node);
  return node;
}

interface Curve { name: string; x: number[]; y: number[] }

/** Lines of the picture with their values; a group holds the line that has them. */
function curvesOf(svg: SVGSVGElement): Curve[] {
  const out: Curve[] = [];
  for (const group of svg.querySelectorAll<SVGGElement>('[data-series]')) {
    const drawn = group.querySelector('[data-x]');
    const x = (drawn?.getAttribute('data-x') ?? '').trim().split(/[ ,]+/).map(Number);
    const y = (drawn?.getAttribute('data-y') ?? '').trim().split(/[ ,]+/).map(Number);
    if (x.length > 2 && x.length === y.length) out.push({ name: group.getAttribute('data-series') ?? '', x, y });
  }
  return out;
}

function at(curve: Curve, x: number): number {
  let low = 0;
  let high = curve.x.length - 1;
  if (x < (curve.x[0] ?? NaN) || x > (curve.x[high] ?? NaN)) return NaN;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((curve.x[middle] ?? 0) <= x) low = middle;
    else high = middle;
  }
  const [x0, x1, y0, y1] = [curve.x[low] ?? 0, curve.x[high] ?? 1, curve.y[low] ?? 0, curve.y[high] ?? 0];
  return x1 > x0 ? y0 + ((y1 - y0) * (x - x0)) / (x1 - x0) : y0;
}

export interface Reader {
  readout: HTMLElement;
  formatX: (value: number) => string;
  formatY: (value: number) => string;
  /** Where the visitor's own value stands. */
  grip?: number;
}

export function readable(svg: SVGSVGElement, reader: Reader): void {
  const plot = (svg.getAttribute('data-plot') ?? '').split(' ').map(Number);
  const [x0, y0, x1, y1] = [plot[0] ?? 0, plot[1] ?? 0, plot[2] ?? 1, plot[3] ?? 1];
  const axis = axisOf(svg, 'data-x-axis');
  const curves = curvesOf(svg);
  const here = line(svg, 'hair');
  const place = (node: SVGLineElement, x: number) => {
    node.setAttribute('x1', String(x));
    node.setAttribute('x2', String(x));
    node.setAttribute('y1', String(y0));
    node.setAttribute('y2', String(y1));
  };
  const { grip } = reader;
  if (grip !== undefined) {
    const share = toShare(axis, grip);
    if (share >= 0 && share <= 1) {
      const handle = line(svg, 'grip');
      place(handle, x0 + (x1 - x0) * share);
    }
  }
  const valueAt = (event: PointerEvent): number | null => {
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) * (svg.viewBox.baseVal.width || box.width)) / box.width;
    if (x < x0 - 8 || x > x1 + 8) return null;
    return toValue(axis, Math.min(1, Math.max(0, (x - x0) / (x1 - x0))));
  };
  svg.addEventListener('pointermove', (event) => {
    const value = valueAt(event);
    here.setAttribute('visibility', value === null ? 'hidden' : 'visible');
    if (value === null) return;
    place(here, x0 + (x1 - x0) * toShare(axis, value));
    reader.readout.textContent = [reader.formatX(value)]
      .concat(curves.map((c) => [c, at(c, value)] as const).filter(([, y]) => Number.isFinite(y)).map(([c, y]) => `${c.name.replace(/:.*|,.*/, '')} ${reader.formatY(y)}`))
      .join('  ·  ');
  });
  svg.addEventListener('pointerleave', () => {
    here.setAttribute('visibility', 'hidden');
    reader.readout.textContent = '';
  });
}

/** Dragging goes on while the picture is drawn anew under the pointer: so the box that holds it listens. */
export function draggable(box: HTMLElement, drag: (value: number) => void, allowed: () => boolean): void {
  let held = false;
  const move = (event: PointerEvent) => {
    const svg = box.querySelector<SVGSVGElement>('svg[data-plot]');
    if (!svg) return;
    const plot = (svg.getAttribute('data-plot') ?? '').split(' ').map(Number);
    const frame = svg.getBoundingClientRect();
    const x = ((event.clientX - frame.left) * svg.viewBox.baseVal.width) / frame.width;
    const share = (x - (plot[0] ?? 0)) / ((plot[2] ?? 1) - (plot[0] ?? 0));
    drag(toValue(axisOf(svg, 'data-x-axis'), Math.min(1, Math.max(0, share))));
  };
  box.addEventListener('pointerdown', (event) => {
    if (!allowed() || event.button !== 0 || !(event.target as Element).closest('svg')) return;
    held = true;
    box.setPointerCapture(event.pointerId);
    move(event);
    event.preventDefault();
  });
  box.addEventListener('pointermove', (event) => {
    if (held) move(event);
  });
  for (const end of ['pointerup', 'pointercancel'] as const) box.addEventListener(end, () => { held = false; });
}
