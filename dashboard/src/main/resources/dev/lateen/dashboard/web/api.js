// Asks the control plane.

/** An answer that says no; `status` is HTTP's. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function checked(response) {
  if (!response.ok) throw new Refused(response.status, (await response.text()).trim() || `status ${response.status}`);
  return response;
}

export function query(parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== '' && value !== false);
  return new URLSearchParams(given).toString();
}

/** JSON below `api/`. */
export async function get(path, parameters = {}) {
  const response = await fetch(`api/${path}?${query(parameters)}`, {headers: {accept: 'application/json'}});
  return (await checked(response)).json();
}

/**
 * Sends JSON below `api/`. Answers that say no in JSON are given back with their status: `{status, content}`.
 */
export async function post(path, content) {
  const response = await fetch(`api/${path}`, {
    method: 'POST', headers: {'content-type': 'application/json', 'x-lateen-operator': 'dashboard'}, body: JSON.stringify(content)});
  const json = response.headers.get('content-type')?.startsWith('application/json');
  if (!json) await checked(response);
  return {status: response.status, content: await response.json()};
}

/** Begins a session for a token. */
export async function login(token) {
  await checked(await fetch('api/login', {method: 'POST', headers: {authorization: `Bearer ${token}`}}));
}

/**
 * The graph as it changes: `onGraph` with each, `onState` with `live`, `waiting` or `refused`. A page that is not seen
 * asks for nothing. Returns how to end it.
 */
export function live(parameters, onGraph, onState) {
  let source;
  let failures = 0;
  const open = () => {
    source = new EventSource(`api/live?${query(parameters)}`);
    source.onmessage = event => {
      failures = 0;
      onState('live');
      onGraph(JSON.parse(event.data));
    };
    source.onerror = () => {
      // The server ends each stream after a while; only an answer that does not come is worth saying.
      if (source.readyState === EventSource.CLOSED) onState('refused');
      else if (++failures > 2) onState('waiting');
    };
  };
  const seen = () => {
    if (document.hidden) {
      source?.close();
      source = undefined;
    } else if (!source) open();
  };
  document.addEventListener('visibilitychange', seen);
  seen();
  return () => {
    document.removeEventListener('visibilitychange', seen);
    source?.close();
  };
}
