// Forms on a service's page that write its VirtualService and DestinationRule.

import {el, replace, choice} from '../dom.js';
import {get, post} from '../api.js';
import {diff} from '../diff.js';
import {byHand} from './editor.js';

/** Forms: title, what it does, and fields as name, label, hint. */
const FORMS = {
  shift: ['Shift traffic', 'Which share of the requests each version gets.'],
  patience: ['Timeouts and retries', 'How long callers wait, and how often they try. What is empty is left to the mesh.', [
    ['timeout', 'Timeout', '5s'], ['attempts', 'Retries', '2'], ['perTry', 'Timeout of each try', '1s'], ['retryOn', 'Retry on', '5xx,connect-failure']]],
  fault: ['Faults', 'Requests that are held up or refused on purpose. What is empty does not happen.', [
    ['delay', 'Delay', '2s'], ['delayed', 'Percent delayed', '100'], ['status', 'HTTP status', '503'], ['aborted', 'Percent refused', '10']]],
  breaker: ['Circuit breaker', 'When the service gets no more, and when an instance is left out. What is empty is left to the mesh.', [
    ['connections', 'TCP connections', '100'], ['pending', 'Waiting requests', '50'], ['requests', 'Requests at one time', '100'],
    ['errors', '5xx in a row', '5'], ['interval', 'Looked at every', '10s'], ['ejection', 'Left out for', '30s'], ['percent', 'Percent left out at most', '50']]],
};

/** Links to the forms of a service. */
export function formLinks(id) {
  return el('div', {class: 'bar'}, Object.entries(FORMS).map(([name, [title]]) =>
    el('a', {class: 'button', href: `#/services/${id}?form=${name}`}, title)));
}

class Form {
  constructor(main, id, name) {
    [this.namespace, this.name] = id.split('/');
    this.main = main;
    this.id = id;
    this.form = FORMS[name] ? name : 'shift';
    this.home = `#/services/${id}`;
    this.fields = el('div', {class: 'form-fields'});
    this.below = el('div');
  }

  async start(route) {
    const {namespace, name} = this;
    this.now = await get('traffic', {namespace, name, route});
    const [title, words] = FORMS[this.form];
    const {routes} = this.now;
    replace(this.main,
      el('p', {}, el('a', {href: this.home}, `← Service ${name}`)),
      el('h1', {}, `${title}: ${name}`), el('p', {class: 'lead'}, words),
      el('form', {class: 'card form', onsubmit: event => {
        event.preventDefault();
        this.propose();
      }},
      this.form !== 'breaker' && routes.length > 1 && choice('Route', routes.map((one, index) => [String(index), `${index + 1}: ${one}`]),
        String(this.now.route), value => this.start(value)),
      this.fields,
      el('div', {class: 'bar'}, el('button', {type: 'submit', class: 'primary'}, 'Show what this changes'), el('a', {href: this.home}, 'Leave it as it is'))),
      this.below);
    replace(this.below);
    this.draw();
    this.fields.querySelector('input')?.focus();
  }

  draw() {
    if (this.form === 'shift') this.weights();
    else {
      replace(this.fields, FORMS[this.form][2].map(([name, label, hint]) => el('div', {class: 'form-field'},
        el('label', {for: `form-${name}`}, label),
        el('input', {id: `form-${name}`, name, value: this.now.values[name] || '', placeholder: `such as ${hint}`, autocomplete: 'off', spellcheck: 'false'}))));
    }
  }

  weights() {
    const versions = Object.keys(this.now.weights);
    const sum = el('output', {class: 'muted'});
    const add = () => {
      const all = this.inputs().reduce((total, input) => total + Number(input.value), 0);
      sum.textContent = all === 100 ? '100% in all' : `${all}% in all: expected 100`;
      sum.className = all === 100 ? 'ok-text' : 'bad-text';
    };
    const moved = input => {
      // With two versions, what one gets the other does not.
      const others = this.inputs().filter(one => one !== input);
      if (others.length === 1) others[0].value = 100 - Number(input.value);
      this.inputs().forEach(one => {
        this.fields.querySelector(`output[for="${one.id}"]`).textContent = `${one.value}%`;
      });
      add();
    };
    replace(this.fields, versions.length < 2 && el('p', {class: 'muted'}, 'There is only one version of this service.'),
      versions.map(version => el('div', {class: 'form-field'},
        el('label', {for: `weight-${version}`}, version),
        el('input', {id: `weight-${version}`, name: version, type: 'range', min: 0, max: 100, step: 1, value: this.now.weights[version],
          oninput: event => moved(event.target)}),
        el('output', {for: `weight-${version}`}, `${this.now.weights[version]}%`))), sum);
    this.inputs().forEach(input => (input.value = this.now.weights[input.name]));
    add();
  }

  inputs() {
    return [...this.fields.querySelectorAll('input')];
  }

  async propose() {
    const {namespace, name, form} = this;
    const values = Object.fromEntries(this.inputs().map(input => [input.name, input.value]));
    const asked = form === 'shift'
      ? {weights: Object.fromEntries(Object.entries(values).map(([version, weight]) => [version, Number(weight)]))} : values;
    if (form === 'shift' && Object.values(asked.weights).reduce((sum, one) => sum + one, 0) !== 100) {
      replace(this.below, el('p', {class: 'bad-text', role: 'alert'}, 'The shares have to be 100% in all.'));
      return;
    }
    const {status, content} = await post('traffic', {namespace, name, form, route: this.now.route, ...asked});
    if (status !== 200) {
      replace(this.below, el('p', {class: 'bad-text', role: 'alert'}, `${content.reason}.`));
      return;
    }
    await this.show(content.changes);
  }

  async show(changes) {
    const verdicts = await Promise.all(changes.map(async one => (await post('check', {...one, opened: undefined, version: one.opened.version})).content));
    const refused = verdicts.some(verdict => !verdict.acceptable);
    const locked = changes.find(one => one.opened.locked);
    const save = el('button', {type: 'button', class: 'primary', onclick: () => this.save(changes, save)}, 'Save');
    replace(this.below, changes.length === 0 && el('p', {role: 'status'}, 'That is what there is already: nothing changes.'),
      changes.map((one, index) => [
        el('h2', {}, `${one.kind} ${one.name}`), el('p', {class: 'muted'}, one.opened.version === 'new' ? `new: ${one.opened.file}` : one.opened.file),
        verdicts[index].diagnostics.length > 0 && el('div', {class: 'findings'}, el('ul', {}, verdicts[index].diagnostics.map(found =>
          el('li', {class: found.severity}, found.text, found.advice && el('span', {class: 'muted'}, ` – ${found.advice}`))))),
        diff(`Changes of ${one.kind} ${one.name}`, one.opened.text, one.text),
        one.opened.locked && byHand(one.opened.locked, one.opened.command, () => one.text)]),
      changes.length > 0 && el('div', {class: 'bar'}, !refused && !locked && save,
        changes.length === 1 && changes[0].opened.version !== 'new' && el('a', {href: `#/resources/${changes[0].group}/${changes[0].kind}/${changes[0].namespace}/${changes[0].name}?edit=1`}, 'Edit the whole text instead')));
    (save.isConnected ? save : this.below.querySelector('.diff'))?.focus();
  }

  async save(changes, button) {
    button.disabled = true;
    for (const {group, kind, namespace, name, text, opened} of changes) {
      const {status, content} = await post('save', {group, kind, namespace, name, text, version: opened.version});
      if (status !== 200) {
        replace(this.below, el('div', {class: 'notice bad', role: 'alert'}, el('h2', {}, `${kind} ${name} was not saved`),
          el('p', {}, content.reason || content.diagnostics?.map(one => one.text).join(' ')),
          el('button', {type: 'button', onclick: () => this.propose()}, 'Look at it again')));
        return;
      }
    }
    location.hash = `${this.home}?saved=1`;
  }
}

/** Shows a form of a service. */
export async function form(main, id, name) {
  await new Form(main, id, name).start();
  return undefined;
}
