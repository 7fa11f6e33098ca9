// Lines over longer times from a Prometheus; without one, over the hour that the control plane itself remembers.

import {el, replace, choice} from '../dom.js';
import {get} from '../api.js';
import {chart} from '../chart.js';
import {errors, millis, percent, rate} from '../format.js';
import {remember} from '../app.js';

const RANGES = [['1', 'the last hour'], ['6', '6 hours'], ['24', 'a day'], ['168', 'a week'], ['720', 'a month']];

function charts(answer) {
  if (answer.missing && !answer.points?.length) return el('p', {class: 'muted'}, `What was before is not known here. ${answer.missing}`);
  if (answer.failure) return el('p', {class: 'bad-text', role: 'alert'}, answer.failure);
  if (answer.points.length < 2) return el('p', {class: 'muted'}, 'There were no requests in this time.');
  const line = pick => answer.points.map(point => ({at: point.at, value: pick(point)}));
  return el('div', {class: 'chart-grid'},
    chart('Requests', line(point => point.rate), rate),
    chart('Errors', line(point => (point.rate ? (point.errors || 0) / point.rate : 0)), percent, 'bad'),
    chart('p50', line(point => point.p50), millis),
    chart('p95', line(point => point.p95), millis),
    chart('p99', line(point => point.p99), millis));
}

async function lines(what, hours, node) {
  const answer = await get('history', {...what, hours});
  if (!answer.missing || hours !== '1') return answer;
  const points = await get('series', {type: what.service ? 'service' : 'workload', id: node});
  return {...answer, points: points.map(point => ({...point, errors: point.rate * errors(point)}))};
}

/** The section of a page; `what` is `{workload}` or `{service}`, `node` its id in the graph. */
export function historySection(what, parameters, node) {
  const box = el('div');
  const load = async hours => {
    replace(box, charts(await lines(what, hours, node).catch(failure => ({failure: failure.message}))));
  };
  const hours = parameters.get('range') || '1';
  load(hours);
  return el('section', {}, el('h2', {}, 'History'), el('div', {class: 'bar'}, choice('Over', RANGES, hours, value => {
    remember(new URLSearchParams({range: value}));
    load(value);
  })), box);
}
