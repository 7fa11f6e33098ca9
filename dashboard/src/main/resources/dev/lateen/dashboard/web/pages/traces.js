// Traces: who loses them, those of a workload, and one of them from its beginning to its end.

import {el, svg, replace, table} from '../dom.js';
import {get} from '../api.js';
import {clock, millis} from '../format.js';

const HEALTH = {broken: 'bad', partly: 'warn', whole: 'ok', untested: ''};

/** What can be said instead of traces; nothing where there are some. */
function instead(answer) {
  if (answer.missing) return el('p', {class: 'muted'}, `Nobody has told the dashboard where traces are. ${answer.missing}`);
  return answer.failure && el('p', {class: 'bad-text', role: 'alert'}, answer.failure);
}

function list(answer, title) {
  return instead(answer) || (answer.traces.length ? table(title, ['at', 'request', 'took', 'spans', 'workloads', ''], answer.traces.map(one => [
    clock(one.at), el('a', {href: `#/traces/${one.id}`}, one.name || one.id.slice(0, 16)), millis(one.millis), one.spans, one.services.join(', '),
    el('span', {class: `tag ${one.failed ? 'bad' : 'ok'}`}, one.failed ? 'failed' : 'well')]))
    : el('p', {class: 'muted'}, 'There are no traces of the last hour.'));
}

/** The section of a workload's page; `service` as spans name it. */
export function traceSection(service) {
  const box = el('div');
  const load = async () => {
    const answer = await get('traces', {service}).catch(failure => ({failure: failure.message}));
    replace(box, list(answer, 'Traces'));
  };
  load();
  return el('section', {}, el('h2', {}, 'Traces of the last hour'), box);
}

export async function show(main, parameters, rest) {
  if (rest.length === 1) return waterfall(main, rest[0]);
  const service = parameters.get('service');
  if (service) {
    replace(main, el('h1', {}, `Traces of ${service}`), list(await get('traces', {service}), 'Traces'));
    return undefined;
  }
  const answer = await get('traces');
  const findings = answer.findings || [];
  const lost = findings.some(one => one.health === 'broken' || one.health === 'partly');
  replace(main, el('h1', {}, 'Traces'),
    el('p', {class: 'lead'}, 'Whether the traces of the last hour stay whole on their way through the workloads.'),
    instead(answer) || (findings.length ? table('Workloads in traces', ['workload', 'trace', 'what was seen', ''], findings.map(one => [
      el('a', {href: `#/traces?service=${encodeURIComponent(one.service)}`}, one.service),
      el('span', {class: `tag ${HEALTH[one.health]}`}, one.health), one.words,
      one.example && el('a', {href: `#/traces/${one.example}`, 'aria-label': `A trace that begins at ${one.service}`}, 'such a trace')]))
      : el('p', {class: 'muted'}, 'There are no traces of the last hour: is tracing on, and are there requests?')),
    lost && el('div', {class: 'notice', role: 'note'}, el('h2', {}, 'What to do'),
      el('p', {}, 'A proxy cannot know which request caused which. The application has to hand on these fields from each request to those that it makes for it:'),
      el('p', {class: 'tags'}, answer.fields.map(field => el('code', {class: 'tag'}, field)))));
  return undefined;
}

/** Spans below the ones that they belong to, each with its depth. */
function ordered(spans) {
  const known = new Set(spans.map(span => span.id + span.kind));
  const ids = new Set(spans.map(span => span.id));
  const below = new Map();
  spans.forEach(span => {
    const parent = span.parent && ids.has(span.parent) && span.parent !== span.id ? span.parent : '';
    below.set(parent, [...(below.get(parent) || []), span]);
  });
  const rows = [];
  const add = (parent, depth) => (below.get(parent) || []).sort((one, other) => one.at - other.at).forEach(span => {
    if (!known.delete(span.id + span.kind)) return;
    rows.push({span, depth});
    add(span.id, depth + 1);
  });
  add('', 0);
  return rows;
}

async function waterfall(main, id) {
  const answer = await get('traces', {id});
  const back = el('p', {}, el('a', {href: '#/traces'}, '← Traces'));
  const spans = answer.spans || [];
  if (!spans.length) {
    replace(main, back, el('h1', {}, 'Trace'), instead(answer) || el('p', {}, 'There is no such trace.'));
    return undefined;
  }
  const from = Math.min(...spans.map(span => span.at));
  const all = Math.max(1, ...spans.map(span => span.at + span.micros - from));
  const tags = el('div', {role: 'status'});
  const bar = span => svg('svg', {class: `span ${span.failed ? 'bad' : span.kind.toLowerCase()}`, viewBox: '0 0 1000 16', preserveAspectRatio: 'none', 'aria-hidden': 'true'},
    svg('rect', {x: (1000 * (span.at - from)) / all, y: 2, width: Math.max(3, (1000 * span.micros) / all), height: 12, rx: 2}));
  const rows = ordered(spans).map(({span, depth}) => [
    el('span', {class: `depth depth-${Math.min(depth, 12)}`}, el('button', {type: 'button', class: 'quiet', onclick: () => replace(tags,
      el('h2', {}, `${span.service}: ${span.name}`), table('Tags', ['tag', 'value'], Object.entries(span.tags)))}, span.service)),
    span.kind.toLowerCase(), span.name, millis(span.micros / 1000), bar(span)]);
  replace(main, back, el('h1', {}, 'Trace'), el('p', {class: 'lead'}, `${id} · ${clock(from / 1000)} · ${millis(all / 1000)}`),
    el('div', {class: 'waterfall'}, table('Spans', ['workload', 'side', 'request', 'took', 'when'], rows)), tags);
  return undefined;
}
