// Why requests were answered as they were, from what proxies have noted of them.

import {el, replace, table} from '../dom.js';
import {get} from '../api.js';
import {millis, moment} from '../format.js';

const status = one => el('span', {class: `tag ${one.status >= 500 || !one.status ? 'bad' : one.status >= 400 ? 'warn' : 'ok'}`},
  `${one.status || 'no answer'}${one.flags ? ` ${one.flags}` : ''}`);

/** Resources by name in Explanation's places: `VirtualService default/user-service`. */
function place(one, resources) {
  const [kind, name] = one.resource.split(' ');
  const known = resources.find(each => each.kind === kind && `${each.namespace}/${each.name}` === name);
  const words = `${one.resource}${one.field ? ` ${one.field}` : ''}`;
  return el('li', {}, known ? el('a', {href: `#/resources/${known.group || '-'}/${known.kind}/${known.namespace || '-'}/${known.name}`}, words) : words,
    one.line && el('span', {class: 'muted'}, ` at ${one.line}`));
}

/** Who could not tell, and why not. */
function silent({silent: none, late = [], unasked = 0}) {
  return [
    none.length > 0 && el('p', {class: 'muted'}, `These proxies keep no notes, or cannot be asked from here (lateen explain may): ${none.join(', ')}.`),
    late.length > 0 && el('p', {class: 'muted'}, `These proxies did not answer in time: ${late.join(', ')}.`),
    unasked > 0 && el('p', {class: 'muted'}, `${unasked} more proxies were not asked, since there are so many.`)];
}

/** The section of a workload's page. */
export function failureSection(workload) {
  const box = el('div');
  const load = async () => {
    const answer = await get('explain', {workload}).catch(failure => ({decisions: [], silent: [], failure: failure.message}));
    replace(box, answer.failure && el('p', {class: 'bad-text'}, answer.failure),
      answer.decisions.length ? table('Failed requests', ['at', 'request', 'answer', 'cause', ''], answer.decisions.map(one => [
        moment(one.at), `${one.direction} ${one.method} ${one.authority}${one.path}`, status(one), one.cause,
        one.id && el('a', {class: 'button', href: `#/explain/${encodeURIComponent(one.id)}`, 'aria-label': `Explain ${one.method} ${one.path} of ${moment(one.at)}`}, 'Explain')]))
        : !answer.silent.length && !answer.late?.length && el('p', {class: 'muted'}, 'None has failed lately.'), silent(answer));
  };
  load();
  return el('section', {}, el('h2', {}, 'Failed requests'), box,
    el('p', {}, el('button', {type: 'button', onclick: load}, 'Look again')));
}

export async function show(main, parameters, rest) {
  const id = rest[0] || '';
  if (!id) {
    replace(main, el('h1', {}, 'Explain a request'), el('form', {class: 'card form', onsubmit: event => {
      event.preventDefault();
      location.hash = `#/explain/${encodeURIComponent(event.target.elements.id.value.trim())}`;
    }}, el('div', {class: 'form-field'}, el('label', {for: 'id'}, 'x-request-id'), el('input', {id: 'id', name: 'id', required: true, spellcheck: 'false'})),
    el('div', {class: 'bar'}, el('button', {type: 'submit', class: 'primary'}, 'Explain'))));
    return undefined;
  }
  const [answer, state] = await Promise.all([get('explain', {id}), get('debug/statusz')]);
  replace(main, el('h1', {}, 'Why it was answered so'), el('p', {class: 'lead'}, `Request ${id}, hop by hop.`),
    answer.decisions.length === 0 && el('p', {}, 'No proxy knows this request any more: each keeps its last requests only.'),
    answer.decisions.map((one, index) => el('section', {class: 'card hop', 'aria-label': `Hop ${index + 1}`},
      el('h2', {}, `${index + 1}. `, el('a', {href: `#/proxies/${one.proxy}`}, one.proxy), ` ${one.direction} `, status(one)),
      el('p', {class: 'muted'}, `${one.method} ${one.authority}${one.path}, ${millis(one.millis)}`),
      el('p', {}, el('strong', {}, one.cause)),
      one.because && el('p', {}, one.because),
      one.places.length > 0 && el('ul', {}, one.places.map(each => place(each, state.resources))),
      one.change && el('p', {class: 'change'}, one.change),
      el('details', {}, el('summary', {}, 'What the proxy noted'), el('dl', {},
        [['route', one.route], ['cluster', one.cluster], ['host', one.host], ['details', one.details], ...one.notes.map(note => [note.name, note.value])]
          .filter(([, value]) => value).map(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]))))),
    silent(answer));
  return undefined;
}
