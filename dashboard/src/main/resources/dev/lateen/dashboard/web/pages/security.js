// Mutual TLS in the mesh, and whose certificates are believed.

import {el, replace, table} from '../dom.js';
import {get} from '../api.js';
import {moment, percent, rate} from '../format.js';

const DAY = 86400000;

function until(date) {
  const days = (new Date(date) - Date.now()) / DAY;
  return el('span', {class: `tag ${days < 7 ? 'bad' : days < 30 ? 'warn' : 'ok'}`}, `${Math.floor(days)} days`);
}

/** Of a workload's certificate, which lives for hours. */
function left(date) {
  const hours = (new Date(date) - Date.now()) / 3600000;
  return el('span', {class: `tag ${hours < 1 ? 'warn' : 'ok'}`}, hours < 1 ? `${Math.floor(hours * 60)} min` : `${Math.floor(hours)} h`);
}

export async function show(main) {
  const [modes, trust, mesh, graph, certificates, inventory] = await Promise.all([
    get('debug/authenticationz'), get('debug/trustz'), get('debug/mesh'), get('graph', {type: 'workload', window: '60'}),
    get('certificates'), get('inventory')]);
  const issuer = signer => Object.values(trust).flat().find(one => one.sha256 === signer)?.subject.split(',')[0].replace('CN=', '') || `${signer.slice(0, 12)}…`;
  const outside = inventory.workloads.filter(one => !one.proxies.length && !one.sidecars);
  const known = graph.edges.filter(edge => edge.traffic?.mtls !== undefined);
  const all = known.reduce((sum, edge) => sum + edge.traffic.count, 0);
  const secured = known.reduce((sum, edge) => sum + edge.traffic.count * edge.traffic.mtls, 0);
  const plain = known.filter(edge => edge.traffic.mtls < 0.999);
  const strict = modes.filter(one => one.ports.every(port => port.mode === 'STRICT')).length;
  const name = id => id.split('/').slice(2).join(' ') || id;
  replace(main, el('h1', {}, 'Security'), el('p', {class: 'lead'}, 'Mutual TLS as proxies demand it and as traffic has it.'),
    el('div', {class: 'cards'},
      el('div', {class: 'card'}, el('strong', {class: 'big'}, all ? percent(secured / all) : '–'), 'of the last minute’s requests were mutual TLS'),
      el('div', {class: 'card'}, el('strong', {class: 'big'}, `${strict} of ${modes.length}`), 'proxies demand it (STRICT)'),
      el('div', {class: 'card'}, el('strong', {class: 'big'}, mesh.enableAutoMtls ? 'on' : 'off'), 'automatic mutual TLS between sidecars'),
      el('div', {class: 'card'}, el('strong', {class: 'big'}, mesh.trustDomain), 'trust domain')),
    plain.length > 0 && [el('h2', {}, 'In plain text'), table('Edges in plain text', ['from', 'to', 'rate', 'mutual TLS'],
      plain.map(edge => [name(edge.from), name(edge.to), rate(edge.traffic.rate), percent(edge.traffic.mtls)]))],
    el('h2', {}, 'Authorities that are believed'),
    table('Authorities', ['trust domain', 'subject', 'ends', 'left', 'SHA-256'], Object.entries(trust).flatMap(([domain, list]) => list.map(one =>
      [domain, one.subject, new Date(one.notAfter).toLocaleDateString('en-GB'), until(one.notAfter), el('code', {}, `${one.sha256.slice(0, 16)}…`)]))),
    outside.length > 0 && [el('h2', {}, 'Workloads without a proxy'), el('p', {class: 'muted'}, 'They speak plain text, and prove nothing.'),
      el('ul', {}, outside.map(one => el('li', {}, el('a', {href: `#/workloads/${one.id}`}, one.id))))],
    el('h2', {}, 'Certificates of workloads'),
    certificates.length ? table('Certificates', ['identity', 'trust domain', 'asked for by', 'issuer', 'issued', 'ends', 'left', 'serial'], certificates.map(one => [
      one.id.split('/').slice(3).join('/'), one.id.split('/')[2], one.holder, issuer(one.signer), moment(one.issuedAt), moment(one.notAfter), left(one.notAfter),
      el('code', {}, `${one.serial.slice(0, 12)}…`)]))
      : el('p', {class: 'muted'}, 'The mesh’s own authority has signed none: another may.'),
    el('h2', {}, 'What proxies demand'),
    table('Modes', ['proxy', 'mode', 'by'], modes.map(one => [el('a', {href: `#/proxies/${one.proxy}`}, one.proxy),
      one.ports.map(port => (port.port ? `${port.port}: ${port.mode}` : port.mode)).join(', '),
      one.ports.map(port => port.policy && `${port.policy} (${port.at})`).filter(Boolean).join(', ') || 'default'])));
  return undefined;
}
