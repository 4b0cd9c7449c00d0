import { type Html, html } from '../html.ts';
import { clockTime, count } from '../words.ts';
import { type Span, timeTicks } from './scale.ts';

/** The drawing's own units: it is stretched to the page's width, while text stands beside it in the page's size. */
const WIDE = 1000;
const HIGH = 100;

/** Maps time and value to the drawing. */
export interface Scale {
  readonly x: (seconds: number) => number;
  readonly y: (value: number) => number;
}

/** What a chart shows. */
export interface Plot {
  readonly title: string;
  /** What a person who cannot see it is told. */
  readonly summary: string;
  readonly time: Span;
  /** From the lowest to the highest. */
  readonly ticks: readonly number[];
  readonly unit: string;
  /** Its key: class of the mark, and what it stands for. */
  readonly key: readonly (readonly [mark: string, what: string])[];
  readonly draw: (scale: Scale) => readonly Html[];
}

const round = (value: number): string => value.toFixed(1).replace(/\.0$/, '');

/** A rectangle between two moments and two values. */
export const area = (
  { x, y }: Scale,
  mark: string,
  [from, to]: readonly [number, number],
  [low, high]: readonly [number, number],
): Html =>
  html`<rect class="${mark}" x="${round(x(from))}" y="${round(y(high))}" width="${round(Math.max(0, x(to) - x(from)))}" height="${round(Math.max(0, y(low) - y(high)))}"/>`;

/** A line through points; `undefined` breaks it. */
export const line = (
  { x, y }: Scale,
  mark: string,
  points: readonly (readonly [number, number] | undefined)[],
): Html => {
  let pen = 'M';
  const path = points.map((point) => {
    if (point === undefined) {
      pen = 'M';
      return '';
    }
    const step = `${pen}${round(x(point[0]))} ${round(y(point[1]))}`;
    pen = 'L';
    return step;
  });
  return html`<path class="${mark}" d="${path.join('')}"/>`;
};

/** A line that keeps each value until the next, up to `end`. */
export const steps = (
  scale: Scale,
  mark: string,
  values: readonly (readonly [number, number])[],
  end: number,
): Html =>
  line(
    scale,
    mark,
    values.flatMap(
      ([at, value], index) =>
        [
          [at, value],
          [values[index + 1]?.[0] ?? end, value],
        ] as const,
    ),
  );

const place = (share: number): string => `${(100 * share).toFixed(2)}%`;

/** A chart: its axes' numbers are text of the page, its drawing is stretched between them. */
export const plot = ({ title, summary, time, ticks, unit, key, draw }: Plot): Html => {
  const top = ticks.at(-1) ?? 1;
  const scale: Scale = {
    x: (seconds) =>
      (WIDE * (Math.min(Math.max(seconds, time.from), time.to) - time.from)) / (time.to - time.from),
    y: (value) => HIGH - (HIGH * Math.min(value, top)) / top,
  };
  const moments = timeTicks(time);
  const grid = [
    ...ticks.map(
      (value) =>
        html`<line class="grid" x1="0" x2="${WIDE}" y1="${round(scale.y(value))}" y2="${round(scale.y(value))}"/>`,
    ),
    ...moments.map(
      (at) =>
        html`<line class="grid" y1="0" y2="${HIGH}" x1="${round(scale.x(at))}" x2="${round(scale.x(at))}"/>`,
    ),
  ];
  const values = ticks.map(
    (value) => html`<span style="top:${place(scale.y(value) / HIGH)}">${count(value)}</span>`,
  );
  const times = moments.map(
    (at) => html`<span style="left:${place(scale.x(at) / WIDE)}">${clockTime(at)}</span>`,
  );
  return html`<figure class="chart">
<figcaption>${title} <span class="unit">${unit}</span></figcaption>
<div class="plot">
<div class="values" aria-hidden="true">${values}</div>
<svg viewBox="0 0 ${WIDE} ${HIGH}" preserveAspectRatio="none" role="img" aria-label="${summary}">${grid}${[...draw(scale)]}</svg>
<div class="times" aria-hidden="true">${times}</div>
</div>
<ul class="key">${key.map(([mark, what]) => html`<li><i class="${mark}"></i>${what}</li>`)}</ul>
</figure>`;
};
