// Where the page starts: which part is shown, and light or dark.

import {el, replace} from './dom.js';
import {get, Refused} from './api.js';
import * as graph from './graph/page.js';
import * as lists from './pages/lists.js';
import * as resources from './pages/resources.js';
import * as proxies from './pages/proxies.js';
import * as explain from './pages/explain.js';
import * as traces from './pages/traces.js';
import * as security from './pages/security.js';
import {loginForm} from './pages/login.js';

const PAGES = {
  graph: {title: 'Graph', show: graph.show},
  applications: {title: 'Applications', show: lists.applications},
  workloads: {title: 'Workloads', show: lists.workloads},
  services: {title: 'Services', show: lists.services},
  resources: {title: 'Istio config', show: resources.show},
  proxies: {title: 'Proxies', show: proxies.show},
  explain: {title: 'Explain', show: explain.show},
  traces: {title: 'Traces', show: traces.show},
  security: {title: 'Security', show: security.show},
  login: {title: 'Log in', hidden: true, show: (box, parameters) => {
    replace(box, loginForm(() => (location.hash = parameters.get('to') || '#/graph')));
    return undefined;
  }},
};

const main = document.getElementById('main');
let end = () => {};
let shown = '';

/** The address without its page: `#/graph?type=app` is page `graph` with parameters. */
function place() {
  const [path, parameters] = location.hash.replace(/^#\/?/, '').split('?');
  const [name, ...rest] = path.split('/');
  return {name: PAGES[name] ? name : 'graph', rest: rest.map(decodeURIComponent), parameters: new URLSearchParams(parameters || '')};
}

/** Writes parameters into the address, so that it can be shared, without a step back in the history. */
export function remember(parameters) {
  const {name, rest} = place();
  const text = parameters.toString();
  const path = [name, ...rest.map(encodeURIComponent)].join('/');
  history.replaceState(null, '', `#/${path}${text ? `?${text}` : ''}`);
  shown = location.hash;
}

function navigation(current) {
  replace(document.getElementById('nav'), el('ul', {},
    Object.entries(PAGES).filter(([, page]) => !page.hidden).map(([name, page]) => el('li', {},
      el('a', {href: `#/${name}`, 'aria-current': name === current ? 'page' : undefined}, page.title)))));
}

async function route() {
  if (location.hash === '#main') return;
  if (location.hash === shown && shown !== '') return;
  shown = location.hash;
  end();
  end = () => {};
  const {name, rest, parameters} = place();
  navigation(name);
  document.title = `${PAGES[name].title} · Lateen`;
  document.getElementById('state').textContent = '';
  main.className = `page-${name}`;
  replace(main, el('p', {class: 'loading', role: 'status'}, 'Loading …'));
  const hash = location.hash;
  try {
    const ending = await PAGES[name].show(main, parameters, rest);
    if (hash !== location.hash.split('?')[0] && shown !== location.hash) ending?.();
    else end = ending || (() => {});
  } catch (failure) {
    showFailure(failure);
  }
}

function showFailure(failure) {
  if (failure instanceof Refused && failure.status === 401) {
    replace(main, loginForm(() => {
      shown = '';
      route();
    }));
    return;
  }
  replace(main, el('div', {class: 'notice bad', role: 'alert'},
    el('h1', {}, 'This cannot be shown'),
    el('p', {}, failure.message || String(failure)),
    el('button', {type: 'button', onclick: () => location.reload()}, 'Try again')));
}

function theme() {
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const stored = localStorage.getItem('theme');
  document.documentElement.dataset.theme = stored || (dark ? 'dark' : 'light');
}

document.getElementById('theme').addEventListener('click', () => {
  localStorage.setItem('theme', document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark');
  theme();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', theme);
addEventListener('hashchange', route);
theme();
get('inventory').then(route, failure => {
  navigation(place().name);
  if (failure instanceof Refused && failure.status === 401) showFailure(failure);
  else route();
});
