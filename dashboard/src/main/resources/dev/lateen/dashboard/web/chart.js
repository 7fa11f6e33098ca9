// Lines over time, small enough to read at a glance.

import {el, svg} from './dom.js';
import {clock} from './format.js';

/** A line of `points` (`{at, value}`), with its last and highest value in words. */
export function chart(title, points, words, kind = '') {
  const known = points.filter(point => point.value !== undefined);
  const top = Math.max(...known.map(point => point.value), 0);
  const last = known.length ? words(known[known.length - 1].value) : '–';
  const from = points[0]?.at ?? 0;
  const span = Math.max(1, (points[points.length - 1]?.at ?? 1) - from);
  const place = point => `${(((point.at - from) / span) * 300).toFixed(1)} ${(60 - (top ? point.value / top : 0) * 54).toFixed(1)}`;
  const line = known.map((point, index) => `${index ? 'L' : 'M'}${place(point)}`).join('') + (known.length === 1 ? 'l1 0' : '');
  const area = known.length > 1 ? `${line}L${place({...known[known.length - 1], value: 0})}L${place({...known[0], value: 0})}z` : '';
  return el('figure', {class: 'chart-box'},
    el('figcaption', {}, el('span', {}, title), el('span', {}, `${last} · highest ${words(top)}`)),
    svg('svg', {class: 'chart', viewBox: '0 0 300 62', preserveAspectRatio: 'none', role: 'img',
      'aria-label': `${title} from ${clock(from)} on: now ${last}, highest ${words(top)}`},
    svg('line', {x1: 0, y1: 60, x2: 300, y2: 60}),
    area && svg('path', {class: 'area', d: area}),
    line && svg('path', {class: kind, d: line})));
}
