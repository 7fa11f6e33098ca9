// Draws the graph: what is new is made, what stays is only given its new numbers.

import {svg, replace, attribute, text} from '../dom.js';
import {rate} from '../format.js';
import {layout, CARD} from './layout.js';
import {icon} from './icons.js';
import {Viewport} from './viewport.js';
import {edgePath, edgeLabel, edgeWords, edgeWidth, nodeWords} from './look.js';

const LABELS_FROM = 0.42;
const NAMES_FROM = 0.2;
const LONGEST_NAME = 19;
const MOST_MOVING = 150;

export class GraphView {
  /** `onSelect` is called with `{node}`, `{edge}` or nothing. */
  constructor(onSelect) {
    this.onSelect = onSelect;
    this.structure = '';
    this.nodes = new Map();
    this.edges = new Map();
    this.layers = ['boxes', 'groups', 'edges', 'labels', 'nodes'].map(name => svg('g', {class: name}));
    this.content = svg('g', {}, this.layers);
    this.frame = svg('svg', {class: 'graph', role: 'group', 'aria-label': 'Graph of the mesh. Arrow keys move between nodes, Enter shows one.', tabindex: '0'},
      svg('defs', {}, svg('marker', {id: 'arrow', viewBox: '0 0 8 8', refX: '7', refY: '4', markerWidth: '7', markerHeight: '7', orient: 'auto', markerUnits: 'userSpaceOnUse'},
        svg('path', {d: 'M0 .5 8 4 0 7.5z', class: 'arrow'}))),
      this.content);
    this.viewport = new Viewport(this.frame, this.content, scale => {
      this.frame.classList.toggle('no-labels', scale < LABELS_FROM);
      this.frame.classList.toggle('no-names', scale < NAMES_FROM);
    });
    this.frame.addEventListener('click', event => this.clicked(event));
    this.frame.addEventListener('keydown', event => this.key(event));
    new ResizeObserver(() => this.viewport.touched || this.fit()).observe(this.frame);
  }

  /** Shows a graph of `nodes` and `edges` under the settings of the tool bar. */
  show(graph, settings) {
    const structure = JSON.stringify([settings.boxes, graph.nodes.map(node => node.id), graph.edges.map(edge => edge.key)]);
    if (structure !== this.structure) {
      this.structure = structure;
      this.build(graph, settings);
    }
    graph.nodes.forEach(node => this.updateNode(node));
    graph.edges.forEach(edge => this.updateEdge(edge, settings));
    // Hundreds of lines that move would leave the browser no time for anything else.
    attribute(this.frame, 'data-animate', settings.animate && graph.edges.length <= MOST_MOVING ? 'true' : undefined);
    attribute(this.frame, 'data-marked', graph.marked ? 'true' : undefined);
  }

  fit() {
    this.viewport.fit(this.size?.width || 1, this.size?.height || 1);
  }

  select(id) {
    this.selected = id;
    for (const [key, drawn] of [...this.nodes, ...this.edges]) drawn.group.classList.toggle('selected', key === id);
    const near = new Set();
    for (const drawn of this.edges.values()) {
      const {from, to, key} = drawn.edge;
      const touches = from === id || to === id || key === id;
      drawn.group.classList.toggle('near', touches);
      drawn.label.classList.toggle('near', touches);
      if (touches) near.add(from).add(to);
    }
    this.nodes.forEach((drawn, key) => drawn.group.classList.toggle('near', near.has(key)));
    attribute(this.frame, 'data-focus', near.size ? 'true' : undefined);
  }

  build(graph, settings) {
    const plan = layout(graph.nodes, graph.edges, settings.boxes);
    this.size = plan;
    this.places = plan.nodes;
    this.ways = plan.ways;
    const [boxes, groups, edges, labels, nodes] = this.layers;
    this.nodes.clear();
    this.edges.clear();
    if (!this.viewport.touched) this.fit();
    replace(boxes, plan.boxes.map(box => svg('g', {transform: `translate(${box.x} ${box.y})`},
      svg('rect', {width: box.width, height: box.height, rx: 12}),
      svg('text', {x: 16, y: 26}, box.name))));
    replace(groups, this.groups(graph.nodes));
    replace(edges, graph.edges.map(edge => this.makeEdge(edge)));
    replace(labels, graph.edges.map(edge => this.edges.get(edge.key).label));
    replace(nodes, graph.nodes.map(node => this.makeNode(node)));
    this.select(this.selected);
  }

  /** Frames around versions of one app that stand in one column. */
  groups(nodes) {
    const members = new Map();
    nodes.filter(node => node.group).forEach(node => members.set(node.group, [...(members.get(node.group) || []), node]));
    return [...members.values()].filter(all => all.length > 1).flatMap(all => {
      const places = all.map(node => this.places.get(node.id));
      const xs = places.map(place => place.x);
      const ys = places.map(place => place.y);
      if (Math.max(...xs) !== Math.min(...xs) || Math.max(...ys) - Math.min(...ys) > (all.length - 1) * 90) return [];
      return [svg('rect', {x: xs[0] - 8, y: Math.min(...ys) - 8, width: CARD.width + 16,
        height: Math.max(...ys) - Math.min(...ys) + CARD.height + 16, rx: 10})];
    });
  }

  makeNode(node) {
    const place = this.places.get(node.id);
    const name = node.name.length > LONGEST_NAME ? `${node.name.slice(0, LONGEST_NAME - 1)}…` : node.name;
    const small = svg('text', {class: 'small', x: 38, y: 38});
    const group = svg('g', {transform: `translate(${place.x} ${place.y})`, 'data-node': node.id, tabindex: '-1', role: 'button'},
      svg('title', {}, node.name),
      svg('rect', {class: 'card', width: CARD.width, height: CARD.height, rx: 8}),
      svg('path', {class: 'stripe', d: `M8 0H4a4 4 0 0 0-4 4v${CARD.height - 8}a4 4 0 0 0 4 4h4z`}),
      icon(node.kind, 14, 10, 18),
      svg('text', {class: 'name', x: 38, y: 21}, name),
      small,
      node.noSidecar && svg('g', {class: 'no-sidecar'}, svg('title', {}, 'no sidecar'), icon('warning', CARD.width - 22, 6, 14)));
    this.nodes.set(node.id, {group, small, node});
    return group;
  }

  updateNode(node) {
    const drawn = this.nodes.get(node.id);
    drawn.node = node;
    const traffic = node.in || node.out;
    text(drawn.small, [node.version, traffic && rate(traffic.rate)].filter(Boolean).join(' · ') || node.kind);
    attribute(drawn.group, 'data-health', node.health);
    attribute(drawn.group, 'data-kind', node.kind);
    attribute(drawn.group, 'data-found', node.found ? 'true' : undefined);
    attribute(drawn.group, 'aria-label', nodeWords(node));
  }

  makeEdge(edge) {
    const shape = edgePath(this.places.get(edge.from), this.places.get(edge.to), edge.lane, this.ways.get(`${edge.from}→${edge.to}`));
    const line = svg('path', {class: 'line', d: shape.d, 'marker-end': 'url(#arrow)'});
    const flow = svg('path', {class: 'flow', d: shape.d});
    const group = svg('g', {role: 'img', 'data-edge': edge.key}, svg('path', {class: 'hit', d: shape.d}), line, flow);
    const back = svg('rect', {rx: 6, height: 18});
    const words = svg('text', {y: 4});
    const lock = svg('g', {class: 'lock'});
    const label = svg('g', {class: 'label', 'data-edge': edge.key, transform: `translate(${shape.x} ${shape.y})`}, back, words, lock);
    this.edges.set(edge.key, {group, line, flow, label, back, words, lock, edge});
    return group;
  }

  updateEdge(edge, settings) {
    const drawn = this.edges.get(edge.key);
    drawn.edge = edge;
    for (const part of [drawn.group, drawn.label]) {
      attribute(part, 'data-health', edge.health);
      attribute(part, 'data-protocol', edge.protocol);
      attribute(part, 'data-found', edge.found ? 'true' : undefined);
    }
    attribute(drawn.line, 'stroke-width', edgeWidth(edge).toFixed(1));
    attribute(drawn.flow, 'data-speed', edge.traffic ? (edge.traffic.rate > 50 ? 3 : edge.traffic.rate > 5 ? 2 : 1) : undefined);
    attribute(drawn.group, 'aria-label', edgeWords(edge));
    const words = edgeLabel(edge, settings.label);
    const lock = settings.security && edge.traffic?.mtls !== undefined ? (edge.traffic.mtls > 0.999 ? 'lock' : 'unlock') : '';
    if (drawn.words.textContent === words && drawn.lock.dataset.name === lock) return;
    text(drawn.words, words);
    drawn.lock.dataset.name = lock;
    const width = words.length * 6.6 + (lock ? 16 : 0) + 12;
    attribute(drawn.back, 'width', width);
    attribute(drawn.back, 'x', -width / 2);
    attribute(drawn.back, 'y', -9);
    attribute(drawn.words, 'x', lock ? 8 : 0);
    replace(drawn.lock, lock && icon(lock, -width / 2 + 5, -7, 13));
    drawn.label.classList.toggle('empty', !words && !lock);
  }

  clicked(event) {
    const node = event.target.closest('[data-node]')?.getAttribute('data-node');
    const edge = event.target.closest('[data-edge]')?.getAttribute('data-edge');
    this.onSelect(node ? {node} : edge ? {edge} : {});
  }

  key(event) {
    const arrows = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
    const focused = event.target.closest('[data-node]')?.getAttribute('data-node');
    if (arrows[event.key]) this.step(focused, ...arrows[event.key]);
    else if (event.key === 'Enter' || event.key === ' ') focused && this.onSelect({node: focused});
    else if (event.key === '+' || event.key === '=') this.viewport.zoom(1.2);
    else if (event.key === '-') this.viewport.zoom(1 / 1.2);
    else if (event.key === '0') {
      this.viewport.touched = false;
      this.fit();
    } else if (event.key === 'Escape') this.onSelect({});
    else return;
    event.preventDefault();
  }

  /** Moves the focus to the next node in a direction. */
  step(from, dx, dy) {
    const start = from && this.places.get(from);
    let best;
    let least = Infinity;
    for (const [id, place] of this.places) {
      const along = start ? (place.x - start.x) * dx + (place.y - start.y) * dy : place.x + place.y;
      const aside = start ? Math.abs((place.x - start.x) * dy) + Math.abs((place.y - start.y) * dx) : 0;
      if (id !== from && (!start || along > 1) && along + 2 * aside < least) {
        least = along + 2 * aside;
        best = id;
      }
    }
    if (!best) return;
    this.nodes.get(best).group.focus({preventScroll: true});
    const place = this.places.get(best);
    this.viewport.reveal(place.x + CARD.width / 2, place.y + CARD.height / 2);
  }
}
