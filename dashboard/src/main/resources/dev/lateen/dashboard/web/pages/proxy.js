// What a proxy says of itself: the certificates that it holds, and what it logs, which can be changed.

import {el, replace, choice, table} from '../dom.js';
import {get, post, Refused} from '../api.js';
import {moment} from '../format.js';

const LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'critical', 'off'].map(level => [level, level]);
const HOUR = 3600000;

function left(date) {
  const hours = (new Date(date) - Date.now()) / HOUR;
  const words = hours < 0 ? 'expired' : hours < 1 ? `${Math.floor(hours * 60)} min` : hours < 48 ? `${Math.floor(hours)} h` : `${Math.floor(hours / 24)} days`;
  return el('span', {class: `tag ${hours < 0 ? 'bad' : hours < 1 ? 'warn' : 'ok'}`}, words);
}

function secrets({held, secrets: all}) {
  const rows = all.flatMap(secret => {
    const what = secret.believed ? 'authorities' : 'certificate';
    const more = secret.count - secret.certificates.length;
    return [
      ...secret.certificates.map(one => [secret.name, what, one.subject, one.issuer, el('code', {}, one.serial), moment(one.notBefore), moment(one.notAfter), left(one.notAfter)]),
      ...(secret.certificates.length ? [] : [[secret.name, what, '–', '–', '–', '–', '–', '–']]),
      ...(more > 0 ? [[secret.name, what, `${more} more`, '–', '–', '–', '–', '–']] : [])];
  });
  return el('details', {open: true}, el('summary', {}, `Secrets (${all.length})`),
    !held && el('p', {class: 'muted'}, 'The proxy cannot be asked from here: these are what the control plane has sent.'),
    rows.length ? table('Secrets', ['name', 'holds', 'for', 'issuer', 'serial', 'from', 'until', 'left'], rows) : el('p', {class: 'muted'}, 'None is known.'));
}

/** The levels of a proxy's log, as pairs of logger and level, of which some may be wanted. */
class Levels {
  constructor(proxy, {loggers, readOnly}) {
    this.proxy = proxy;
    this.readOnly = readOnly;
    this.logger = '';
    this.told = el('p', {role: 'status'});
    this.box = el('div');
    this.draw(loggers);
  }

  draw(loggers) {
    const all = Object.entries(loggers);
    const levels = [...new Set(all.map(([, level]) => level))];
    this.level ||= levels.length === 1 ? levels[0] : 'warning';
    const set = el('button', {type: 'button', onclick: () => this.set(set)}, 'Set the level');
    replace(this.box,
      el('p', {}, levels.length === 1 ? `All ${all.length} loggers are at ${levels[0]}.` : `${all.length} loggers, at ${levels.sort().join(', ')}.`),
      !this.readOnly && el('div', {class: 'bar'},
        choice('Logger', [['', 'all'], ...all.map(([name, level]) => [name, `${name}: ${level}`])], this.logger, value => (this.logger = value)),
        choice('Level', LEVELS, this.level, value => (this.level = value)), set));
  }

  async set(button) {
    button.disabled = true;
    try {
      const {status, content} = await post('log-level', {proxy: this.proxy, logger: this.logger, level: this.level});
      replace(this.told, status === 200 ? `${this.logger || 'All'}: ${this.level}.` : el('span', {class: 'bad-text'}, `${content.reason}.`));
      if (status === 200) this.draw(content.loggers);
    } catch (failure) {
      replace(this.told, el('span', {class: 'bad-text'}, failure.message),
        failure instanceof Refused && failure.status === 401 && [' ', el('a', {href: `#/login?to=${encodeURIComponent(location.hash)}`}, 'Log in')]);
    }
    button.disabled = false;
  }
}

/** The sections of a proxy's page that have to wait for the proxy. */
export function stateSection(name) {
  const box = el('div', {}, el('p', {class: 'muted', role: 'status'}, 'Asking the proxy …'));
  get('proxy', {name}).then(state => {
    const levels = state.loggers && new Levels(name, state);
    replace(box, secrets(state), el('h2', {}, 'Log levels'),
      levels ? [levels.box, levels.told] : el('p', {class: 'muted'}, 'The proxy cannot be asked from here (lateen proxy-config log may).'));
  }, failure => replace(box, el('p', {class: 'bad-text', role: 'alert'}, failure.message)));
  return box;
}
