// Asks for a token where the control plane does not show its pages to everybody.

import {el, replace} from '../dom.js';
import {login} from '../api.js';

/** A form; `done` is called once a session has begun. */
export function loginForm(done) {
  const message = el('p', {class: 'bad-text', role: 'alert'});
  const token = el('textarea', {id: 'token', rows: 5, autocomplete: 'off', spellcheck: 'false', required: true});
  const submit = async event => {
    event.preventDefault();
    try {
      await login(token.value.trim());
      done();
    } catch (failure) {
      replace(message, failure.message);
    }
  };
  return el('form', {class: 'notice', onsubmit: submit},
    el('h1', {}, 'Log in'),
    el('p', {}, 'The control plane listens beyond this machine, so it asks who you are. Give the token of a service account in its namespace:'),
    el('pre', {}, 'kubectl -n istio-system create token istiod'),
    el('label', {for: 'token'}, 'Token'),
    token,
    message,
    el('button', {type: 'submit', class: 'primary'}, 'Log in'));
}
