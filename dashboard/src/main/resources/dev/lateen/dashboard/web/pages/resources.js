// Every resource: how it was read, where it is in force, and its text with what is wrong at the line.

import {el, replace, table, choice} from '../dom.js';
import {get} from '../api.js';
import {remember} from '../app.js';
import {copyButton, edit} from './editor.js';

const path = one => `#/resources/${one.group || '-'}/${one.kind}/${one.namespace || '-'}/${one.name}`;

function worst(one) {
  const severities = one.diagnostics.map(each => each.severity);
  if (severities.includes('error') || one.verdict === 'INVALID' || one.verdict === 'REJECTED') return 'bad';
  if (one.rejected?.length) return 'bad';
  return severities.includes('warning') || one.unsupported.length ? 'warn' : 'ok';
}

const WORDS = {ok: 'in order', warn: 'warnings', bad: 'errors'};

function state(one) {
  const kind = worst(one);
  const count = one.diagnostics.length + one.unsupported.length;
  return el('span', {class: `tag ${kind}`}, kind === 'ok' ? WORDS.ok : `${WORDS[kind]}${count ? ` (${count})` : ''}`);
}

const programmed = one => (one.programmed ? `${one.programmed.proxies} of ${one.programmed.of}` : '–');

export async function show(main, parameters, rest) {
  if (rest.length === 4) {
    const [group, kind, namespace, name] = rest.map(part => (part === '-' ? '' : part));
    const key = {group, kind, namespace, name};
    return parameters.get('edit') ? edit(main, key, path(key)) : detail(main, key, parameters.get('saved'));
  }
  const box = el('div');
  const settings = {find: parameters.get('find') || '', all: parameters.get('all') || 'istio'};
  let status;
  const draw = () => {
    if (!status) return;
    const words = settings.find.toLowerCase();
    const shown = status.resources
      .filter(one => settings.all === 'all' || one.group.endsWith('istio.io') || one.group.endsWith('lateen.dev'))
      .filter(one => `${one.kind} ${one.namespace}/${one.name}`.toLowerCase().includes(words))
      .sort((one, other) => ['bad', 'warn', 'ok'].indexOf(worst(one)) - ['bad', 'warn', 'ok'].indexOf(worst(other))
        || `${one.kind}/${one.namespace}/${one.name}`.localeCompare(`${other.kind}/${other.namespace}/${other.name}`));
    replace(box, files(status.files), table('Resources', ['kind', 'namespace', 'name', 'state', 'in force on proxies'],
      shown.map(one => [one.kind, one.namespace, el('a', {href: path(one)}, one.name), state(one), programmed(one)])));
  };
  const set = (name, value) => {
    settings[name] = value;
    const address = new URLSearchParams();
    if (settings.find) address.set('find', settings.find);
    if (settings.all !== 'istio') address.set('all', settings.all);
    remember(address);
    draw();
  };
  replace(main, el('h1', {}, 'Configuration'),
    el('p', {class: 'lead'}, 'Every resource, how it was read, and on how many proxies it is in force.'),
    el('div', {class: 'bar'},
      el('span', {class: 'field'}, el('label', {for: 'filter'}, 'Filter'),
        el('input', {id: 'filter', type: 'search', value: settings.find, oninput: event => set('find', event.target.value)})),
      choice('Kinds', [['istio', 'Istio’s and ours'], ['all', 'All']], settings.all, value => set('all', value))),
    box);
  const refresh = async () => {
    status = await get('debug/statusz');
    draw();
  };
  await refresh();
  const timer = setInterval(() => document.hidden || refresh().catch(() => {}), 5000);
  return () => clearInterval(timer);
}

function files(problems) {
  const all = Object.entries(problems || {}).filter(([, list]) => list.length);
  return all.length > 0 && el('div', {class: 'notice bad'}, el('h2', {}, 'Files that cannot be read'),
    all.map(([file, list]) => list.map(each => el('p', {}, `${each.at || file}: ${each.message}`))));
}

/** A line of YAML with its key in another colour. */
function coloured(line) {
  const parts = /^(\s*(?:- )*)("[^"]*"|[A-Za-z0-9_./-]+)(:)(.*)$/.exec(line);
  return parts ? [parts[1], el('span', {class: 'key'}, parts[2]), ':', el('span', {class: 'text'}, parts[4])] : line;
}

async function detail(main, key, saved) {
  let shown;
  const refresh = async () => {
    const [resource, status] = await Promise.all([get('resource', key).catch(() => undefined), get('debug/statusz')]);
    const one = status.resources.find(each => ['kind', 'group', 'namespace', 'name'].every(part => each[part] === key[part]));
    if (!resource && !one) throw new Error(`There is no ${key.kind} ${key.namespace}/${key.name}.`);
    const state_ = JSON.stringify([resource, one]);
    if (state_ !== shown && !main.querySelector('.yaml:focus')) draw(main, key, resource, one, saved);
    shown = state_;
  };
  await refresh();
  const timer = setInterval(() => document.hidden || refresh().catch(() => {}), 2000);
  return () => clearInterval(timer);
}

function draw(main, key, resource, one, saved) {
  const {kind, namespace, name} = key;
  const lines = resource?.lines || [];
  const text = lines.map(line => line.text).join('\n');
  replace(main,
    el('p', {}, el('a', {href: '#/resources'}, '← Configuration')),
    el('h1', {}, `${kind} ${name}`),
    el('p', {class: 'lead'}, namespace && `in ${namespace} · `, resource?.origin, ' ', one && state(one),
      one?.programmed && ` in force on ${programmed(one)} proxies`),
    saved && el('p', {class: 'ok-text', role: 'status'}, 'Saved.'),
    one?.rejected?.length > 0 && el('div', {class: 'notice bad'}, el('h2', {}, 'Refused by proxies'),
      one.rejected.map(each => el('p', {}, `${each.proxy}: ${each.reason}`))),
    !resource && el('div', {class: 'notice bad'}, el('p', {}, 'It is not in force:'), one.diagnostics.map(each => el('p', {}, `${each.at}: ${each.message} ${each.advice}`))),
    el('div', {class: 'bar'},
      kind !== 'Secret' && el('a', {class: 'button', href: `${path(key)}?edit=1`}, 'Edit'),
      resource && copyButton('Copy', () => text)),
    resource && el('div', {class: 'yaml', tabindex: '0', role: 'region', 'aria-label': 'YAML'}, lines.map((line, index) => {
      const severity = line.notes?.some(note => note.severity === 'error') ? 'error' : line.notes ? 'warning' : '';
      return [el('div', {class: `line ${severity}`}, el('span', {class: 'no', 'aria-hidden': 'true'}, index + 1), el('span', {}, coloured(line.text))),
        (line.notes || []).map(note => el('div', {class: `note ${note.severity}`}, el('strong', {}, note.severity), note.message,
          note.advice && ` – ${note.advice}`, el('span', {class: 'muted'}, `  ${note.at}`)))];
    })),
    one?.carriedBy?.length > 0 && [el('h2', {}, 'Proxies that it is for'), el('ul', {}, one.carriedBy.map(proxy => el('li', {}, el('a', {href: `#/proxies/${proxy}`}, proxy))))]);
}
