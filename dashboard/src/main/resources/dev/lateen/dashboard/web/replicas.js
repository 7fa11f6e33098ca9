// Of several control planes each shows the numbers of its own proxies.

import {el} from './dom.js';

/** Says of how many proxies numbers are, where not of all; `graph` may be the inventory, too. */
export function elsewhere({connected, known}) {
  return connected < known && el('p', {class: 'muted', role: 'note'},
    `${connected} of ${known} proxies are connected here. Others may be connected to another control plane, and its dashboard shows their numbers.`);
}
