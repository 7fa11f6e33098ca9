// The graph with its tool bar.

import {el, replace, choice, text, toggle} from '../dom.js';
import {get, live} from '../api.js';
import {moment} from '../format.js';
import {remember} from '../app.js';
import {GraphView} from './view.js';
import {Panel} from './panel.js';
import {applied} from './find.js';

const TYPES = [['versioned_app', 'Versioned apps'], ['app', 'Apps'], ['workload', 'Workloads'], ['service', 'Services']];
const WINDOWS = [['10', '10 s'], ['30', '30 s'], ['60', '1 min'], ['300', '5 min'], ['600', '10 min'], ['1800', '30 min'], ['3600', '1 h']];
const LABELS = [['rate', 'Rate'], ['share', 'Distribution'], ['p50', 'p50'], ['p95', 'p95'], ['p99', 'p99'], ['throughput', 'Throughput'], ['protocol', 'Protocol'], ['none', 'Nothing']];
const DEFAULTS = {type: 'versioned_app', window: '10', label: 'rate', namespaces: '', services: 'false', idle: 'true', security: 'true', animate: 'true', boxes: 'true', find: '', hide: '', select: '', at: '', back: '1'};
const BACK = [['1', '1 h'], ['6', '6 h'], ['24', '1 day'], ['168', '1 week']];


class GraphPage {
  constructor(main, parameters, {namespaces, long}) {
    this.state = {...DEFAULTS};
    Object.keys(DEFAULTS).forEach(key => parameters.has(key) && (this.state[key] = parameters.get(key)));
    this.spaces = namespaces;
    this.long = long;
    this.view = new GraphView(chosen => this.choose(chosen));
    this.panel = new Panel(chosen => this.choose(chosen));
    this.nothing = el('div', {class: 'nothing', role: 'status'}, 'Waiting for the numbers of the proxies …');
    this.status = document.getElementById('state');
    this.replay = el('div');
    this.since = el('span', {class: 'since'});
    this.tools = el('div', {class: 'tools', role: 'toolbar', 'aria-label': 'What the graph shows'});
    this.makeTools();
    replace(main,
      el('h1', {class: 'hidden'}, 'Graph'),
      this.tools, this.replay,
      el('div', {class: 'stage'},
        el('div', {class: 'canvas'}, this.view.frame, this.nothing, this.zoomButtons(), this.legend()),
        this.panel.box));
    this.listener = event => this.key(event);
    document.addEventListener('keydown', this.listener);
    this.view.selected = this.state.select || undefined;
    this.start();
  }

  end() {
    this.stop?.();
    clearInterval(this.playing);
    document.removeEventListener('keydown', this.listener);
    delete this.status.dataset.state;
  }

  on(name) {
    return this.state[name] === 'true';
  }

  set(name, value, restart) {
    this.state[name] = String(value);
    this.save();
    if (restart) this.start();
    else this.draw();
  }

  save() {
    const parameters = new URLSearchParams();
    Object.entries(this.state).forEach(([key, value]) => value !== DEFAULTS[key] && parameters.set(key, value));
    remember(parameters);
  }

  asked() {
    const {type, window, namespaces, services, idle, at} = this.state;
    return {type, window, namespaces, services, idle, at};
  }

  start() {
    this.stop?.();
    this.stop = undefined;
    this.makeReplay();
    if (this.state.at) {
      get('graph', this.asked()).then(graph => this.receive(graph), failure => this.tell('refused', failure.message));
      return;
    }
    this.stop = live(this.asked(), graph => this.receive(graph), state => this.tell(state));
  }

  tell(state, words) {
    this.status.dataset.state = state;
    const said = {live: 'Live', waiting: 'The control plane does not answer', refused: words || 'The control plane refuses'}[state];
    if (state !== 'live') this.status.textContent = said;
  }

  receive(graph) {
    this.graph = graph;
    const seconds = `over ${Math.round(graph.seconds)} s`;
    this.status.textContent = this.state.at ? `${moment(Number(this.state.at))}, ${seconds}` : `Live, ${seconds}`;
    if (this.state.at) delete this.status.dataset.state;
    this.tellSince();
    this.draw();
  }

  /** A replay cannot show what nobody collected. */
  tellSince() {
    const {since} = this.graph || {};
    text(this.since, since ? `Numbers since ${moment(since)}${this.long ? ', before that from Prometheus' : ''}` : 'No numbers yet');
  }

  draw() {
    if (!this.graph) return;
    const shown = applied(this.graph, this.state.find, this.state.hide);
    this.nothing.hidden = shown.nodes.length > 0;
    this.nothing.textContent = this.graph.nodes.length ? 'All is hidden.' : this.state.at ? 'No traffic is known of that time.' : 'No traffic yet: send a request.';
    this.view.show(shown, {label: this.state.label, security: this.on('security'), animate: this.on('animate') && !this.state.at, boxes: this.on('boxes')});
    const {at, ...parameters} = this.asked();
    this.panel.show(shown, this.state.select, parameters);
  }

  choose({node, edge}) {
    this.state.select = node || edge || '';
    this.view.select(this.state.select || undefined);
    this.save();
    this.draw();
  }

  makeTools() {
    const {state} = this;
    const check = (name, label, restart, title) => toggle(label, this.on(name), on => this.set(name, on, restart), title);
    const search = (name, label, hint) => el('span', {class: 'field'},
      el('label', {for: `tool-${name}`}, label),
      el('input', {id: `tool-${name}`, type: 'search', value: state[name], placeholder: hint, spellcheck: 'false',
        title: 'Words are parts of names; also rate>5, error>1, p95>100, mtls<100, ns=default, protocol=grpc, idle, failing, nosidecar; ! for not, | for or',
        oninput: event => this.set(name, event.target.value)}));
    replace(this.tools,
      choice('Nodes', TYPES, state.type, value => this.set('type', value, true)),
      choice('Over', WINDOWS, state.window, value => this.set('window', value, true)),
      choice('Edges', LABELS, state.label, value => this.set('label', value)),
      this.namespaceMenu(),
      el('details', {}, el('summary', {}, 'Display ▾'), el('div', {},
        check('services', 'Services between', true, 'Show the service that was asked for between caller and callee'),
        check('idle', 'Idle nodes and edges', true),
        check('security', 'Padlocks', false),
        check('animate', 'Moving traffic', false),
        check('boxes', 'Namespace boxes', false))),
      search('find', 'Find', 'name, rate>5'),
      search('hide', 'Hide', 'idle'),
      el('div', {class: 'spacer'}),
      el('button', {type: 'button', 'aria-pressed': state.at ? 'true' : 'false', id: 'replay', onclick: event => this.toggleReplay(event.target)}, 'Replay'));
  }

  namespaceMenu() {
    const chosen = new Set(this.state.namespaces.split(',').filter(Boolean));
    const summary = el('summary', {});
    const name = () => (summary.textContent = `Namespaces: ${chosen.size ? [...chosen].join(', ') : 'all'} ▾`);
    name();
    return el('details', {}, summary, el('div', {}, this.spaces.map(space => toggle(space, chosen.has(space), on => {
      if (on) chosen.add(space);
      else chosen.delete(space);
      name();
      this.set('namespaces', [...chosen].sort().join(','), true);
    }))));
  }

  toggleReplay(button) {
    clearInterval(this.playing);
    const at = this.state.at ? '' : String(this.graph?.at || Date.now());
    button.setAttribute('aria-pressed', at ? 'true' : 'false');
    this.set('at', at, true);
  }

  makeReplay() {
    if (!this.state.at) {
      clearInterval(this.playing);
      this.slider = undefined;
      replace(this.replay);
      return;
    }
    if (this.slider) return;
    const to = Math.max(Date.now(), Number(this.state.at));
    const far = this.long ? to - Number(this.state.back) * 3600000 : Infinity;
    const from = Math.min(this.graph?.since || this.graph?.oldest || to - 3600000, to - 1000, far, Number(this.state.at));
    const step = Math.max(15000, (to - from) / 240);
    const go = value => {
      const at = Math.min(value, to);
      this.slider.value = at;
      this.set('at', Math.round(at), true);
    };
    this.slider = el('input', {type: 'range', min: from, max: to, step: 1000, 'aria-label': 'Time', oninput: event => go(Number(event.target.value))});
    this.slider.value = this.state.at;
    const play = el('button', {type: 'button', onclick: () => {
      const running = play.textContent === 'Pause';
      clearInterval(this.playing);
      play.textContent = running ? 'Play' : 'Pause';
      if (!running) {
        this.playing = setInterval(() => {
          if (Number(this.state.at) >= to) play.click();
          else go(Number(this.state.at) + step);
        }, 1000);
      }
    }}, 'Play');
    replace(this.replay, el('div', {class: 'replay', role: 'group', 'aria-label': 'Replay'}, play,
      this.long && choice('Back', BACK, this.state.back, value => {
        this.slider = undefined;
        this.set('back', value, true);
      }), el('span', {}, moment(from)), this.slider, el('span', {}, moment(to)), this.since));
    this.tellSince();
  }

  zoomButtons() {
    const button = (name, sign, act) => el('button', {type: 'button', 'aria-label': name, title: name, onclick: act}, sign);
    return el('div', {class: 'zoom', role: 'group', 'aria-label': 'Zoom'},
      button('Zoom in', '+', () => this.view.viewport.zoom(1.25)),
      button('Zoom out', '−', () => this.view.viewport.zoom(0.8)),
      button('Fit the whole graph', '⤢', () => {
        this.view.viewport.touched = false;
        this.view.fit();
      }));
  }

  legend() {
    return el('div', {class: 'legend', 'aria-hidden': 'true'},
      ['healthy', 'degraded', 'failing', 'tcp', 'idle'].map(kind => el('span', {class: kind}, kind === 'tcp' ? 'TCP' : kind)));
  }

  key(event) {
    if (event.target.closest('input, textarea, select') || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '/') {
      document.getElementById('tool-find')?.focus();
      event.preventDefault();
    }
  }
}

/** Shows the page; returns how to end it. */
export async function show(main, parameters) {
  const inventory = await get('inventory');
  const page = new GraphPage(main, parameters, inventory);
  return () => page.end();
}
