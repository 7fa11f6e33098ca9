// Changes a resource: the mesh's own findings while one types, the differences before saving, and where it is saved.

import {el, replace} from '../dom.js';
import {get, post, Refused} from '../api.js';
import {diff} from '../diff.js';

const PAUSE = 250;

/** Copies a text, and says so. */
export function copyButton(words, text) {
  return el('button', {type: 'button', onclick: event => {
    navigator.clipboard?.writeText(text());
    event.target.textContent = 'Copied';
  }}, words);
}

/** What can be done where the control plane may not write. */
export function byHand(locked, command, text) {
  return el('div', {class: 'notice', role: 'note'},
    el('h2', {}, 'It cannot be saved from here'),
    el('p', {}, `${locked}.`),
    command && [el('p', {}, 'Copy the text, and put it in force with:'), el('pre', {}, `${command} <<'EOF'\n…\nEOF`)],
    copyButton('Copy the text', text));
}

class Editor {
  constructor(main, key, opened, home) {
    this.main = main;
    this.key = key;
    this.opened = opened;
    this.home = home;
    this.asked = 0;
    this.gutter = el('div', {class: 'gutter', 'aria-hidden': 'true'});
    this.text = el('textarea', {id: 'yaml', class: 'code', spellcheck: 'false', autocapitalize: 'off', wrap: 'off', value: opened.text,
      rows: Math.min(40, opened.text.split('\n').length + 2), 'aria-describedby': 'findings',
      oninput: () => this.typed(), onscroll: () => this.follow(), onkeydown: event => this.key_(event)});
    this.findings = el('div', {id: 'findings', class: 'findings', role: 'status'});
    this.below = el('div');
    this.review = el('button', {type: 'button', class: 'primary', onclick: () => this.compare()}, 'Review the changes');
    this.marks = new Map();
    this.leave = event => this.text.value !== this.opened.text && event.preventDefault();
    addEventListener('beforeunload', this.leave);
  }

  draw() {
    replace(this.main,
      el('p', {}, el('a', {href: this.home}, `← ${this.key.kind} ${this.key.name}`)),
      el('h1', {}, `Edit ${this.key.kind} ${this.key.name}`),
      el('p', {class: 'lead'}, `${this.opened.file}, from line ${this.opened.firstLine} on. It is checked as you type; Ctrl-Enter shows what is different.`),
      this.opened.locked && byHand(this.opened.locked, this.opened.command, () => this.text.value),
      el('label', {class: 'hidden', for: 'yaml'}, `YAML of ${this.key.kind} ${this.key.name}`),
      el('div', {class: 'editor'}, this.gutter, this.text),
      this.findings,
      el('div', {class: 'bar'}, this.review, el('a', {href: this.home}, 'Leave it as it is')),
      this.below);
    this.number();
    this.check();
    this.text.focus();
  }

  typed() {
    this.number();
    replace(this.below);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), PAUSE);
  }

  follow() {
    this.gutter.scrollTop = this.text.scrollTop;
  }

  key_(event) {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.compare();
    }
  }

  number() {
    const count = this.text.value.split('\n').length;
    replace(this.gutter, Array.from({length: count}, (_, index) => el('div', {class: this.marks.get(index + 1)}, index + 1)));
    this.follow();
  }

  async check() {
    const turn = ++this.asked;
    try {
      const {content} = await post('check', {...this.key, version: this.opened.version, text: this.text.value});
      if (turn === this.asked) this.tell(content);
    } catch (failure) {
      if (turn === this.asked) replace(this.findings, el('p', {class: 'bad-text'}, failure.message));
    }
  }

  tell({acceptable, diagnostics}) {
    const line = one => Math.max(1, one.line - this.opened.firstLine + 1);
    this.marks = new Map();
    diagnostics.forEach(one => (one.severity === 'error' || !this.marks.has(line(one))) && this.marks.set(line(one), one.severity));
    this.number();
    this.review.disabled = !acceptable;
    replace(this.findings, diagnostics.length
      ? el('ul', {}, diagnostics.map(one => el('li', {class: one.severity},
        el('button', {type: 'button', class: 'quiet', onclick: () => this.go(line(one))}, `line ${line(one)}`), ' ', one.text.replace(`${this.opened.file}:`, ''),
        one.advice && el('span', {class: 'muted'}, ` – ${one.advice}`))))
      : el('p', {class: 'ok-text'}, 'No findings.'),
    !acceptable && el('p', {class: 'bad-text'}, 'The mesh would refuse this.'));
  }

  go(line) {
    const start = this.text.value.split('\n').slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    const end = this.text.value.indexOf('\n', start);
    this.text.focus();
    this.text.setSelectionRange(start, end < 0 ? this.text.value.length : end);
  }

  compare() {
    if (this.review.disabled) return;
    const save = el('button', {type: 'button', class: 'primary', onclick: () => this.save(save)}, 'Save');
    replace(this.below, el('h2', {}, 'What is different'), diff('Changes', this.opened.text, this.text.value),
      el('div', {class: 'bar'}, !this.opened.locked && this.text.value !== this.opened.text && save,
        el('button', {type: 'button', onclick: () => {
          replace(this.below);
          this.text.focus();
        }}, 'Back to the text')));
    (save.isConnected ? save : this.below.querySelector('.diff')).focus();
  }

  async save(button) {
    button.disabled = true;
    try {
      const {status, content} = await post('save', {...this.key, version: this.opened.version, text: this.text.value});
      if (status === 200) {
        this.end();
        location.hash = `${this.home}?saved=1`;
      } else if (status === 409) this.conflict(content);
      else if (status === 422) {
        replace(this.below);
        this.tell(content);
      } else replace(this.below, byHand(content.reason, this.opened.command, () => this.text.value));
    } catch (failure) {
      const login = failure instanceof Refused && failure.status === 401;
      replace(this.below, el('p', {class: 'bad-text', role: 'alert'}, failure.message,
        login && [' ', el('a', {href: `#/login?to=${encodeURIComponent(location.hash)}`}, 'Log in')]));
    }
  }

  conflict({reason, now}) {
    replace(this.below, el('div', {class: 'notice bad', role: 'alert'},
      el('h2', {}, 'Somebody else has changed it'), el('p', {}, `${reason}.`),
      now && [el('p', {}, 'From what is there now to your text:'), diff('Conflict', now.text, this.text.value),
        el('div', {class: 'bar'},
          el('button', {type: 'button', onclick: () => {
            this.opened = now;
            this.compare();
          }}, 'Keep my text'),
          el('button', {type: 'button', onclick: () => {
            this.opened = now;
            this.text.value = now.text;
            this.typed();
            this.draw();
          }}, 'Take theirs'))]));
  }

  end() {
    clearTimeout(this.timer);
    removeEventListener('beforeunload', this.leave);
  }
}

/** Shows the editor of a resource; `home` is the address of its page. */
export async function edit(main, key, home) {
  const editor = new Editor(main, key, await get('edit', key), home);
  editor.draw();
  return () => editor.end();
}
