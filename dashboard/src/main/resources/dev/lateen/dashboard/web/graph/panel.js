// What is beside the graph: the whole, or the node or edge that was chosen.

import {el, replace, table} from '../dom.js';
import {get} from '../api.js';
import {ago, bytes, count, errors, millis, percent, rate, success} from '../format.js';
import {elsewhere} from '../replicas.js';
import {chart} from '../chart.js';
import {picture} from './icons.js';

const figure = (value, name) => el('div', {}, el('b', {}, value), el('span', {}, name));

function figures(traffic, protocol) {
  if (!traffic) return el('p', {class: 'muted'}, 'No traffic in this span of time.');
  const tcp = protocol === 'tcp';
  return el('div', {class: 'figures'},
    figure(rate(traffic.rate), tcp ? 'connections' : 'requests'),
    figure(count(traffic.count), 'in this span'),
    !tcp && figure(success(traffic), 'success'),
    traffic.failed > 0 && figure(percent(traffic.failed / traffic.count), 'failed (5xx, gRPC, none)'),
    traffic.refused > 0 && figure(percent(traffic.refused / traffic.count), 'refused (4xx)'),
    !tcp && figure(millis(traffic.p50), 'p50'),
    !tcp && figure(millis(traffic.p95), 'p95'),
    !tcp && figure(millis(traffic.p99), 'p99'),
    figure(bytes(traffic.sent), 'to the callee'),
    figure(bytes(traffic.received), 'to the caller'),
    traffic.mtls !== undefined && figure(percent(traffic.mtls), 'mutual TLS'));
}

function answers(traffic) {
  const all = Object.entries(traffic?.answers || {});
  if (!all.length) return [];
  return [el('h3', {}, 'Answers'), table('Answers', ['status', 'count', 'share'],
    all.map(([answer, number]) => [answer, count(number), percent(number / traffic.count)]))];
}

async function charts(box, parameters, tcp) {
  const points = await get('series', parameters).catch(() => []);
  const of = pick => points.map(point => ({at: point.at, value: pick(point)}));
  replace(box, points.length > 1 && [
    el('h3', {}, 'The last hour'),
    chart(tcp ? 'Connections' : 'Requests', of(point => point.rate), rate),
    !tcp && chart('Errors', of(point => errors(point)), percent, 'bad'),
    !tcp && chart('p95', of(point => point.p95), millis),
    tcp && chart('Bytes', of(point => point.sent + point.received), bytes)]);
}

export class Panel {
  constructor(onSelect) {
    this.onSelect = onSelect;
    this.box = el('aside', {class: 'side', 'aria-label': 'Details', tabindex: '0'});
    this.head = el('div');
    this.charts = el('div');
    this.shown = '';
    this.box.append(this.head, this.charts);
  }

  /** Shows what is chosen of a graph. */
  show(graph, chosen, parameters) {
    const node = chosen && graph.nodes.find(one => one.id === chosen);
    const edge = chosen && graph.edges.find(one => one.key === chosen);
    const focused = document.activeElement?.closest?.('.side') ? document.activeElement.getAttribute('data-key') : undefined;
    replace(this.head, node ? this.node(node, graph) : edge ? this.edge(edge, graph) : this.whole(graph));
    if (focused) this.head.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    const key = JSON.stringify([chosen, parameters, Math.floor(graph.at / 15000)]);
    if (key !== this.shown) {
      this.shown = key;
      if (node) charts(this.charts, {...parameters, id: node.id}, false);
      else if (edge) charts(this.charts, {...parameters, from: edge.from, to: edge.to}, edge.protocol === 'tcp');
      else replace(this.charts);
    }
  }

  close() {
    return el('button', {type: 'button', class: 'quiet close', 'data-key': 'close', 'aria-label': 'Close the details', onclick: () => this.onSelect({})}, '✕');
  }

  link(words, chosen, key) {
    return el('button', {type: 'button', class: 'quiet', 'data-key': key, onclick: () => this.onSelect(chosen)}, words);
  }

  node(node, graph) {
    const workloads = (node.workloads || []).map(id => el('a', {href: `#/workloads/${id}`}, id.split('/')[1]));
    const lines = graph.edges.filter(edge => edge.from === node.id || edge.to === node.id).map(edge => {
      const other = graph.nodes.find(one => one.id === (edge.from === node.id ? edge.to : edge.from));
      return [edge.from === node.id ? '→' : '←', this.link([other.name, other.version].filter(Boolean).join(' '), {edge: edge.key}, edge.key),
        edge.traffic ? rate(edge.traffic.rate) : 'idle', success(edge.traffic)];
    });
    return [this.close(),
      el('h2', {}, picture(node.kind), node.name),
      el('p', {class: 'tags'}, el('span', {class: `tag ${node.health}`}, node.health), el('span', {class: 'tag'}, node.kind),
        node.version && el('span', {class: 'tag'}, node.version), node.namespace && el('span', {class: 'tag'}, node.namespace),
        node.noSidecar && el('span', {class: 'tag warn'}, 'no sidecar')),
      node.in && [el('h3', {}, 'What it is asked'), figures(node.in), answers(node.in)],
      node.out && !node.in && [el('h3', {}, 'What it asks'), figures(node.out), answers(node.out)],
      !node.in && !node.out && figures(),
      lines.length > 0 && [el('h3', {}, 'Edges'), table('Edges', ['', 'with', 'rate', 'success'], lines)],
      el('div', {class: 'links'},
        (node.kind === 'service' || node.kind === 'external') && el('a', {href: `#/services/${node.namespace}/${node.name}`}, 'Service'),
        workloads.length > 0 && ['Workloads: ', workloads],
        node.namespace && el('a', {href: `#/resources?find=${encodeURIComponent(node.name)}`}, 'Its configuration'))];
  }

  edge(edge, graph) {
    const end = id => {
      const node = graph.nodes.find(one => one.id === id);
      return this.link([node.name, node.version].filter(Boolean).join(' '), {node: id}, id);
    };
    return [this.close(),
      el('h2', {}, end(edge.from), '→', end(edge.to)),
      el('p', {class: 'tags'}, el('span', {class: `tag ${edge.health}`}, edge.health), el('span', {class: 'tag'}, edge.protocol),
        edge.traffic?.mtls !== undefined && el('span', {class: `tag ${edge.traffic.mtls > 0.999 ? 'ok' : 'bad'}`},
          edge.traffic.mtls > 0.999 ? 'mutual TLS' : `${percent(1 - edge.traffic.mtls)} in plain text`),
        !edge.traffic && el('span', {class: 'muted'}, `last seen ${ago(edge.lastSeen)}`)),
      figures(edge.traffic, edge.protocol), answers(edge.traffic)];
  }

  whole(graph) {
    const busy = graph.edges.filter(edge => edge.traffic && edge.protocol !== 'tcp');
    const sum = pick => busy.reduce((all, edge) => all + pick(edge.traffic), 0);
    const wrong = graph.edges.filter(edge => edge.health === 'failing' || edge.health === 'degraded');
    const name = id => {
      const node = graph.nodes.find(one => one.id === id);
      return node ? [node.name, node.version].filter(Boolean).join(' ') : id;
    };
    const plain = graph.edges.filter(edge => edge.traffic?.mtls < 0.999);
    return [
      el('h2', {}, 'The mesh'),
      el('p', {class: 'muted'}, `${graph.proxies} proxies read${graph.silent ? `, ${graph.silent} silent` : ''}`),
      elsewhere(graph),
      el('div', {class: 'figures'},
        figure(count(graph.nodes.length), 'nodes'), figure(count(graph.edges.length), 'edges'),
        figure(rate(sum(traffic => traffic.rate)), 'requests over all edges'),
        figure(success({count: sum(traffic => traffic.count), failed: sum(traffic => traffic.failed), refused: sum(traffic => traffic.refused)}), 'success')),
      el('h3', {}, 'Not well'),
      wrong.length ? table('Edges that are not well', ['edge', 'success'], wrong.slice(0, 12).map(edge =>
        [this.link(`${name(edge.from)} → ${name(edge.to)}`, {edge: edge.key}, edge.key), success(edge.traffic)]))
        : el('p', {class: 'muted'}, 'All edges are well.'),
      plain.length > 0 && [el('h3', {}, 'In plain text'), el('ul', {}, plain.slice(0, 12).map(edge =>
        el('li', {}, this.link(`${name(edge.from)} → ${name(edge.to)}`, {edge: edge.key}, `plain ${edge.key}`))))],
    ];
  }
}
