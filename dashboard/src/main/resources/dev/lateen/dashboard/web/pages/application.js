// One application: its versions, what leads to it, and who calls whom.

import {el, replace, table} from '../dom.js';
import {get} from '../api.js';
import {bare, detail, edgeTable, numbers, proxiesOf, serviceLinks, tag, traffic} from './lists.js';

export function application(main, id) {
  return detail(main, async () => {
    const [inventory, {graph, nodes}, byWorkload] = await Promise.all([get('inventory'), traffic('app'), traffic('workload')]);
    const all = inventory.workloads.filter(one => !one.gateway && `${one.namespace}/${one.app}` === id);
    if (!all.length) throw new Error(`There is no application ${id}.`);
    const [{namespace, app}] = all;
    const services = [...new Set(all.flatMap(one => one.services))].sort();
    const [rate, success, p95] = numbers(nodes.get(id));
    replace(main, el('p', {}, el('a', {href: '#/applications'}, '← Applications')),
      el('h1', {}, app), el('p', {class: 'lead'}, 'Application in ', namespace, ' ', tag(nodes.get(id)?.health)),
      el('div', {class: 'card'}, el('dl', {}, el('dt', {}, 'Services'), el('dd', {}, services.length ? serviceLinks(services) : '–'),
        el('dt', {}, 'Rate'), el('dd', {}, rate), el('dt', {}, 'Success'), el('dd', {}, success), el('dt', {}, 'p95'), el('dd', {}, p95))),
      el('h2', {}, 'Versions'),
      table('Versions', ['version', 'workload', 'health', 'proxies', 'rate', 'success', 'p95'],
        all.sort((one, other) => one.version.localeCompare(other.version)).map(one => [one.version,
          el('a', {href: `#/workloads/${one.id}`}, one.name), tag(byWorkload.nodes.get(one.id)?.health), proxiesOf(one),
          ...numbers(byWorkload.nodes.get(one.id))])),
      el('h2', {}, 'Inbound traffic of the last minute'), edgeTable('Inbound', graph, edge => bare(edge.to) === id),
      el('h2', {}, 'Outbound traffic of the last minute'), edgeTable('Outbound', graph, edge => bare(edge.from) === id),
      el('p', {}, el('a', {href: `#/graph?type=versioned_app&namespaces=${encodeURIComponent(namespace)}&find=${encodeURIComponent(app)}`}, 'Show it in the graph')));
  });
}
