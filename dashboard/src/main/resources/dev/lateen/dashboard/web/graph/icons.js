// Small drawings of 16 by 16.

import {svg} from '../dom.js';

const PATHS = {
  app: 'M2 3.5A1.5 1.5 0 0 1 3.5 2h9A1.5 1.5 0 0 1 14 3.5v9a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 2 12.5zM2 6h12',
  workload: 'M8 1.8 13.6 5v6.2L8 14.4 2.4 11.2V5zM2.4 5 8 8.2 13.6 5M8 8.2v6.2',
  service: 'M8 2.5 14.5 13.5h-13z',
  gateway: 'M2 14V6a6 6 0 0 1 12 0v8M5.5 14V7a2.5 2.5 0 0 1 5 0v7',
  external: 'M8 1.7a6.3 6.3 0 1 0 0 12.6A6.3 6.3 0 0 0 8 1.7zM1.7 8h12.6M8 1.7c3.4 3.6 3.4 9 0 12.6M8 1.7c-3.4 3.6-3.4 9 0 12.6',
  unknown: 'M5.5 6a2.5 2.5 0 1 1 3.6 2.2C8.3 8.7 8 9.2 8 10M8 12.6v.6',
  lock: 'M4 7h8v6.5H4zM5.7 7V5a2.3 2.3 0 0 1 4.6 0v2',
  unlock: 'M4 7h8v6.5H4zM5.7 7V4.6a2.3 2.3 0 0 1 4.5-.7',
  warning: 'M8 2 15 14H1zM8 6.5v3.5M8 11.8v.4',
};

/** The drawing of a name, as a group at a place. */
export function icon(name, x, y, size = 16) {
  return svg('path', {d: PATHS[name] || PATHS.unknown, class: `icon icon-${name}`, transform: `translate(${x} ${y}) scale(${size / 16})`});
}

/** The same as a picture of its own in HTML. */
export function picture(name) {
  return svg('svg', {viewBox: '0 0 16 16', width: 16, height: 16, class: 'picture', 'aria-hidden': 'true'}, icon(name, 0, 0));
}
