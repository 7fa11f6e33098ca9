// Proxies: whether each holds what it was sent, what that is, and what the proxy says of itself.

import {el, replace, table} from '../dom.js';
import {get} from '../api.js';
import {elsewhere} from '../replicas.js';
import {stateSection} from './proxy.js';

const KINDS = ['cluster', 'listener', 'route', 'endpoint', 'secret'];

function sync(one, kind) {
  if (one[`${kind}_error`]) return el('span', {class: 'tag bad', title: one[`${kind}_error`]}, 'refused');
  const sent = one[`${kind}_sent`];
  if (!sent) return el('span', {class: 'muted'}, 'not asked');
  return sent === one[`${kind}_acked`] ? el('span', {class: 'tag ok'}, 'in sync') : el('span', {class: 'tag warn'}, 'stale');
}

export async function show(main, parameters, rest) {
  if (rest.length === 1) return detail(main, rest[0]);
  const box = el('div');
  replace(main, el('h1', {}, 'Proxies'), el('p', {class: 'lead'}, 'Connected sidecars and gateways, and whether they hold what they were sent.'), box);
  const refresh = async () => {
    const [all, inventory] = await Promise.all([get('debug/syncz'), get('inventory')]);
    replace(box, elsewhere(inventory), table('Proxies', ['proxy', 'type', 'version', ...KINDS], all.sort((one, other) => one.proxy.localeCompare(other.proxy)).map(one => [
      el('a', {href: `#/proxies/${one.proxy}`}, one.proxy), one.proxy_type, one.istio_version || one.proxy_version, ...KINDS.map(kind => sync(one, kind))])));
  };
  await refresh();
  const timer = setInterval(() => document.hidden || refresh().catch(() => {}), 5000);
  return () => clearInterval(timer);
}

const address = at => (at?.socketAddress ? `${at.socketAddress.address}:${at.socketAddress.portValue ?? ''}` : at?.pipe?.path || '–');

/** What a kind's section of the dump lists: heads, and how a row is made. */
const SECTIONS = {
  ListenersConfigDump: ['Listeners', ['name', 'address', 'chains'], dump => (dump.dynamicListeners || []).map(one => {
    const listener = one.activeState?.listener || {};
    return {json: listener, cells: [one.name, address(listener.address), (listener.filterChains || []).length]};
  })],
  RoutesConfigDump: ['Routes', ['name', 'hosts', 'routes'], dump => (dump.dynamicRouteConfigs || []).map(one => {
    const routes = one.routeConfig || {};
    const hosts = routes.virtualHosts || [];
    return {json: routes, cells: [routes.name, hosts.map(host => host.name).join(', '), hosts.reduce((sum, host) => sum + (host.routes || []).length, 0)]};
  })],
  ClustersConfigDump: ['Clusters', ['name', 'type', 'TLS'], dump => (dump.dynamicActiveClusters || []).map(one => {
    const cluster = one.cluster || {};
    return {json: cluster, cells: [cluster.name, cluster.type || '', cluster.transportSocketMatches || cluster.transportSocket ? 'yes' : 'no']};
  })],
  EndpointsConfigDump: ['Endpoints', ['cluster', 'addresses'], dump => (dump.dynamicEndpointConfigs || []).map(one => {
    const config = one.endpointConfig || {};
    const all = (config.endpoints || []).flatMap(place => (place.lbEndpoints || []).map(each => address(each.endpoint?.address)));
    return {json: config, cells: [config.clusterName, all.join(', ') || 'none']};
  })],
};

async function detail(main, name) {
  const [dump, connections, modes] = await Promise.all([
    get('debug/config_dump', {proxyID: name}), get('debug/connections'), get('debug/authenticationz')]);
  const client = connections.clients.find(one => one.connectionId.includes(name));
  const mode = modes.find(one => one.proxy === name);
  replace(main, el('p', {}, el('a', {href: '#/proxies'}, '← Proxies')), el('h1', {}, name),
    client && el('p', {class: 'lead'}, `connected from ${client.address} since ${new Date(client.connectedAt).toLocaleString('en-GB')}, ${client.protocol}`),
    mode && [el('h2', {}, 'Mutual TLS that it demands'), table('Mutual TLS', ['port', 'mode', 'by'],
      mode.ports.map(port => [port.port || 'all others', port.mode, port.policy ? `${port.policy} (${port.at})` : 'default']))],
    dump.configs.map(config => {
      const section = SECTIONS[config['@type'].split('.').pop()];
      if (!section) return undefined;
      const [title, heads, rows] = section;
      const all = rows(config);
      return el('details', {open: title === 'Listeners'}, el('summary', {}, `${title} (${all.length})`),
        table(title, [...heads, ''], all.map(row => [...row.cells, el('button', {type: 'button', class: 'quiet', 'aria-label': `JSON of ${row.cells[0]}`,
          onclick: event => raw(event.target, row.json)}, 'JSON')])));
    }),
    stateSection(name));
  return undefined;
}

function raw(button, json) {
  const line = button.closest('tr');
  if (line.nextElementSibling?.classList.contains('raw')) {
    line.nextElementSibling.remove();
    return;
  }
  line.after(el('tr', {class: 'raw'}, el('td', {colspan: line.children.length}, el('pre', {class: 'json', tabindex: '0'}, JSON.stringify(json, null, 2)))));
}
