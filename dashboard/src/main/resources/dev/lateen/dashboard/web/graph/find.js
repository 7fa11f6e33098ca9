// Find and hide: `rate>5`, `ns=default !idle`, `user | order`. Words next to each other must all hold.

import {errors} from '../format.js';

const FIELDS = {
  name: (node, edge) => (node ? node.name : `${edge.from} ${edge.to}`),
  ns: node => node?.namespace,
  namespace: node => node?.namespace,
  version: node => node?.version,
  kind: node => node?.kind,
  protocol: (node, edge) => edge?.protocol,
  health: (node, edge) => (node || edge).health,
  rate: (node, edge) => traffic(node, edge)?.rate ?? 0,
  error: (node, edge) => (traffic(node, edge)?.count > 0 ? 100 * errors(traffic(node, edge)) : undefined),
  refused: (node, edge) => share(traffic(node, edge), 'refused'),
  p50: (node, edge) => traffic(node, edge)?.p50,
  p95: (node, edge) => traffic(node, edge)?.p95,
  p99: (node, edge) => traffic(node, edge)?.p99,
  mtls: (node, edge) => (traffic(node, edge)?.mtls === undefined ? undefined : traffic(node, edge).mtls * 100),
};
const WORDS = {
  idle: (node, edge) => (node || edge).health === 'idle',
  failing: (node, edge) => (node || edge).health === 'failing',
  degraded: (node, edge) => (node || edge).health === 'degraded',
  healthy: (node, edge) => (node || edge).health === 'healthy',
  nosidecar: node => Boolean(node?.noSidecar),
  gateway: node => node?.kind === 'gateway',
  external: node => node?.kind === 'external',
};

const traffic = (node, edge) => (node ? node.in || node.out : edge.traffic);
const share = (numbers, field) => (numbers?.count > 0 ? (100 * numbers[field]) / numbers.count : undefined);

function term(text) {
  if (text.startsWith('!') && text.length > 1) {
    const inner = term(text.slice(1));
    return (node, edge) => !inner(node, edge);
  }
  const parts = /^([a-z0-9]+)(<=|>=|!=|=|<|>)(.+)$/i.exec(text);
  const field = parts && FIELDS[parts[1].toLowerCase()];
  if (!field) {
    const word = text.toLowerCase();
    return WORDS[word] || (node => Boolean(node) && `${node.name} ${node.version || ''} ${node.namespace}`.toLowerCase().includes(word));
  }
  const [, , operator, wanted] = parts;
  const number = Number(wanted.replace(/%|ms$/, ''));
  return (node, edge) => {
    const value = field(node, edge);
    if (value === undefined || value === null) return false;
    switch (operator) {
      case '<': return value < number;
      case '>': return value > number;
      case '<=': return value <= number;
      case '>=': return value >= number;
      case '!=': return String(value).toLowerCase() !== wanted.toLowerCase();
      default: return typeof value === 'number' ? value === number : String(value).toLowerCase().includes(wanted.toLowerCase());
    }
  };
}

/** A test of a node or an edge; nothing where the expression is empty. */
export function expression(text) {
  const choices = text.split('|').map(part => part.trim().split(/\s+/).filter(Boolean).map(term)).filter(terms => terms.length);
  if (!choices.length) return undefined;
  return (node, edge) => choices.some(terms => terms.every(one => one(node, edge)));
}

/** The graph without what is to be hidden, and with a mark at what is looked for. */
export function applied(graph, find, hide) {
  const found = expression(find);
  const hidden = expression(hide);
  const nodes = graph.nodes.filter(node => !hidden?.(node, undefined));
  const left = new Set(nodes.map(node => node.id));
  const pairs = new Map();
  const edges = graph.edges
    .filter(edge => left.has(edge.from) && left.has(edge.to) && !hidden?.(undefined, edge))
    .map(edge => {
      const pair = `${edge.from}→${edge.to}`;
      const lane = pairs.get(pair) || 0;
      pairs.set(pair, lane + 1);
      return {...edge, key: `${pair}→${edge.protocol}`, lane, found: found?.(undefined, edge)};
    });
  return {...graph, nodes: nodes.map(node => ({...node, found: found?.(node, undefined)})), edges, marked: Boolean(found)};
}
