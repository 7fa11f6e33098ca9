// What is different between two texts, line by line.

import {el} from './dom.js';

const CONTEXT = 3;
const MOST_CELLS = 4e6;

/** Lines as `{kind, text}`, where kind is `same`, `gone` or `new`. */
export function compare(before, after) {
  const a = before.replace(/\n$/, '').split('\n');
  const b = after.replace(/\n$/, '').split('\n');
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const same = line => ({kind: 'same', text: line});
  return [...a.slice(0, start).map(same),
    ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...(end ? a.slice(a.length - end) : []).map(same)];
}

/** By the longest common subsequence; where that would take too long, all is gone and all is new. */
function middle(a, b) {
  const gone = line => ({kind: 'gone', text: line});
  const fresh = line => ({kind: 'new', text: line});
  if (a.length * b.length > MOST_CELLS) return [...a.map(gone), ...b.map(fresh)];
  const width = b.length + 1;
  const longest = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] = a[i] === b[j] ? longest[(i + 1) * width + j + 1] + 1
        : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
    }
  }
  const lines = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({kind: 'same', text: a[i]});
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && longest[(i + 1) * width + j] >= longest[i * width + j + 1])) lines.push(gone(a[i++]));
    else lines.push(fresh(b[j++]));
  }
  return lines;
}

const SIGNS = {same: ' ', gone: '−', new: '+'};

/** The differences with a few lines around them. */
export function diff(title, before, after) {
  const lines = compare(before, after);
  const shown = before === '' ? lines.filter(line => line.kind === 'new') : lines;
  const near = index => shown.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(line => line.kind !== 'same');
  const rows = [];
  shown.forEach((line, index) => {
    if (near(index)) {
      rows.push(el('div', {class: `line ${line.kind}`}, el('span', {class: 'sign'}, SIGNS[line.kind]), el('span', {}, line.text || ' ')));
    } else if (near(index - 1)) rows.push(el('div', {class: 'line gap'}, '⋯'));
  });
  return el('div', {class: 'yaml diff', tabindex: '0', role: 'region', 'aria-label': title},
    rows.length ? rows : el('div', {class: 'line gap'}, 'nothing is different'));
}
