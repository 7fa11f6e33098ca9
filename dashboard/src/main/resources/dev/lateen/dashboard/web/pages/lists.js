// Applications, workloads and services, and one of each.

import {el, replace, table} from '../dom.js';
import {get} from '../api.js';
import {millis, rate, success} from '../format.js';
import {form, formLinks} from './traffic.js';
import {traceSection} from './traces.js';
import {failureSection} from './explain.js';
import {historySection} from './history.js';
import {application} from './application.js';

const WINDOW = '60';

export async function traffic(type) {
  const graph = await get('graph', {type, window: WINDOW, idle: 'true', services: 'false'});
  return {graph, nodes: new Map(graph.nodes.map(node => [bare(node.id), node]))};
}

export const tag = health => el('span', {class: `tag ${health || 'idle'}`}, health || 'idle');
export const numbers = node => {
  const sum = node?.in || node?.out;
  return [sum ? rate(sum.rate) : '–', success(sum), millis(sum?.p95)];
};

function head(title, lead, filtered) {
  return [el('h1', {}, title), el('p', {class: 'lead'}, lead),
    filtered && el('div', {class: 'bar'}, el('span', {class: 'field'}, el('label', {for: 'filter'}, 'Filter'),
      el('input', {id: 'filter', type: 'search', oninput: event => filtered(event.target.value.toLowerCase())})))];
}

/** A list that is drawn again for each filter, and every few seconds. */
function list(main, title, lead, load, rows) {
  const box = el('div');
  let filter = '';
  let data;
  const draw = () => data && replace(box, rows(data, name => name.toLowerCase().includes(filter)));
  replace(main, head(title, lead, text => {
    filter = text;
    draw();
  }), box);
  const refresh = async () => {
    data = await load();
    draw();
  };
  const timer = setInterval(() => document.hidden || refresh().catch(() => {}), 5000);
  return refresh().then(() => () => clearInterval(timer));
}

/** Whether its proxies are connected: one that is not may be connected to another control plane. */
export const proxiesOf = one => (one.proxies.length ? `${one.proxies.length} of ${one.instances}`
  : el('span', {class: 'tag warn'}, one.sidecars ? `0 of ${one.instances}` : 'no sidecar'));

export function applications(main, parameters, rest) {
  if (rest.length === 2) return application(main, rest.join('/'));
  return list(main, 'Applications', 'Workloads of one name, whatever their versions. Numbers are of the last minute.',
    async () => ({inventory: await get('inventory'), ...(await traffic('app'))}),
    ({inventory, nodes}, wanted) => {
      const apps = new Map();
      inventory.workloads.filter(one => !one.gateway).forEach(one => {
        const id = `${one.namespace}/${one.app}`;
        apps.set(id, [...(apps.get(id) || []), one]);
      });
      return table('Applications', ['namespace', 'application', 'health', 'versions', 'rate', 'success', 'p95', 'workloads'],
        [...apps].filter(([id]) => wanted(id)).sort().map(([id, all]) => [all[0].namespace,
          el('a', {href: `#/applications/${encodeURIComponent(all[0].namespace)}/${encodeURIComponent(all[0].app)}`}, all[0].app),
          tag(nodes.get(id)?.health), all.map(one => one.version).sort().join(', '), ...numbers(nodes.get(id)),
          el('span', {class: 'tags'}, all.map(one => el('a', {href: `#/workloads/${one.id}`}, one.name)))]));
    });
}

export function workloads(main, parameters, rest) {
  if (rest.length === 2) return workload(main, rest.join('/'), parameters);
  return list(main, 'Workloads', 'What runs, and whether its proxies are connected. Numbers are of the last minute.',
    async () => ({inventory: await get('inventory'), ...(await traffic('workload'))}),
    ({inventory, nodes}, wanted) => table('Workloads',
      ['namespace', 'workload', 'health', 'version', 'proxies', 'rate', 'success', 'p95', 'services'],
      inventory.workloads.filter(one => wanted(one.id)).map(one => [one.namespace,
        el('a', {href: `#/workloads/${one.id}`}, one.name), tag(nodes.get(one.id)?.health), one.gateway ? 'gateway' : one.version,
        proxiesOf(one),
        ...numbers(nodes.get(one.id)), serviceLinks(one.services)])));
}

export const serviceLinks = services => el('span', {class: 'tags'}, services.map(id => el('a', {href: `#/services/${id}`}, id.split('/')[1])));

export function services(main, parameters, rest) {
  if (rest.length === 2) return parameters.get('form') ? form(main, rest.join('/'), parameters.get('form')) : service(main, rest.join('/'), parameters);
  return list(main, 'Services', 'Names that can be called. Numbers are of the last minute.',
    async () => ({inventory: await get('inventory'), ...(await traffic('service'))}),
    ({inventory, nodes}, wanted) => table('Services',
      ['namespace', 'service', 'health', 'ports', 'rate', 'success', 'p95', 'workloads'],
      inventory.services.filter(one => wanted(one.id)).map(one => [one.namespace,
        el('a', {href: `#/services/${one.id}`}, one.name), tag(nodes.get(one.id)?.health), one.ports.join(', '),
        ...numbers(nodes.get(one.id)),
        one.external ? el('span', {class: 'tag'}, 'external') : one.workloads.length ? workloadLinks(one.workloads) : el('span', {class: 'tag warn'}, 'none')])));
}

const workloadLinks = all => el('span', {class: 'tags'}, all.map(id => el('a', {href: `#/workloads/${id}`}, id.split('/')[1])));

export const bare = end => end.split('/').slice(1, 3).join('/');

function edgesOf(graph, id) {
  return edgeTable('Edges', graph, edge => bare(edge.to) === id || bare(edge.from) === id);
}

/** The edges of a graph that are wanted. */
export function edgeTable(title, graph, wanted) {
  const name = node => [node?.name, node?.version].filter(Boolean).join(' ');
  const by = new Map(graph.nodes.map(node => [node.id, node]));
  const own = graph.edges.filter(wanted);
  return own.length ? table(title, ['from', 'to', 'protocol', 'rate', 'success', 'p50', 'p95', 'mutual TLS'], own.map(edge => [
    name(by.get(edge.from)), name(by.get(edge.to)), edge.protocol, edge.traffic ? rate(edge.traffic.rate) : 'idle', success(edge.traffic),
    millis(edge.traffic?.p50), millis(edge.traffic?.p95), edge.traffic?.mtls === undefined ? '–' : `${Math.round(edge.traffic.mtls * 100)}%`]))
    : el('p', {class: 'muted'}, 'No traffic has been seen.');
}

export async function detail(main, render) {
  await render();
  // Whoever stands on a link or a button is left there.
  const busy = () => document.hidden || (main !== document.activeElement && main.contains(document.activeElement));
  const timer = setInterval(() => busy() || render().catch(() => {}), 5000);
  return () => clearInterval(timer);
}

function workload(main, id, parameters) {
  let traces;
  let history;
  let failures;
  return detail(main, async () => {
    const [inventory, {graph, nodes}] = [await get('inventory'), await traffic('workload')];
    const one = inventory.workloads.find(each => each.id === id);
    if (!one) throw new Error(`There is no workload ${id}.`);
    failures ||= failureSection(id);
    history ||= historySection({workload: id, gateway: one.gateway}, parameters, `workload/${id}`);
    traces ||= traceSection(`${one.app}.${one.namespace}`);
    replace(main, el('h1', {}, one.name), el('p', {class: 'lead'}, 'Workload in ', one.namespace, ' ', tag(nodes.get(id)?.health)),
      el('div', {class: 'cards'},
        el('div', {class: 'card'}, el('dl', {}, el('dt', {}, 'App'), el('dd', {}, one.app), el('dt', {}, 'Version'), el('dd', {}, one.version),
          el('dt', {}, 'Service account'), el('dd', {}, one.serviceAccount || '–'), el('dt', {}, 'Instances'), el('dd', {}, one.instances),
          el('dt', {}, 'Services'), el('dd', {}, serviceLinks(one.services)))),
        el('div', {class: 'card'}, el('h2', {}, 'Proxies'), one.proxies.length
          ? el('ul', {}, one.proxies.map(proxy => el('li', {}, el('a', {href: `#/proxies/${proxy}`}, proxy))))
          : el('p', {class: 'muted'}, one.sidecars ? 'None is connected here.' : 'None is connected.'))),
      el('h2', {}, 'Traffic of the last minute'), edgesOf(graph, id),
      el('p', {}, el('a', {href: `#/graph?type=workload&select=${encodeURIComponent(`workload/${id}`)}`}, 'Show it in the graph')),
      failures, history, traces);
  });
}

function service(main, id, parameters) {
  let history;
  return detail(main, async () => {
    const [inventory, {graph, nodes}, status] = [await get('inventory'), await traffic('service'), await get('debug/statusz')];
    const one = inventory.services.find(each => each.id === id);
    if (!one) throw new Error(`There is no service ${id}.`);
    history ||= historySection({service: id}, parameters, `${one.external ? 'external' : 'service'}/${id}`);
    const config = status.resources.filter(each => each.group.endsWith('istio.io') && each.namespace === one.namespace && each.name.includes(one.name));
    replace(main, el('h1', {}, one.name), el('p', {class: 'lead'}, 'Service in ', one.namespace, ' ', tag(nodes.get(id)?.health)),
      parameters.get('saved') && el('p', {class: 'ok-text', role: 'status'}, 'Saved.'),
      !one.external && formLinks(id),
      el('div', {class: 'card'}, el('dl', {}, el('dt', {}, 'Host'), el('dd', {}, one.host), el('dt', {}, 'Ports'), el('dd', {}, one.ports.join(', ')),
        el('dt', {}, 'Workloads'), el('dd', {}, workloadLinks(one.workloads)),
        el('dt', {}, 'Configuration'), el('dd', {}, config.length ? el('span', {class: 'tags'}, config.map(each =>
          el('a', {href: `#/resources/${each.group}/${each.kind}/${each.namespace}/${each.name}`}, `${each.kind} ${each.name}`))) : '–'))),
      el('h2', {}, 'Traffic of the last minute'), edgesOf(graph, id), history);
  });
}
