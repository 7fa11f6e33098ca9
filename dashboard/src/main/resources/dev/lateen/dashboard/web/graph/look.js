// How edges run and what is written on nodes and edges.

import {bytes, errors, millis, percent, rate, success} from '../format.js';
import {CARD} from './layout.js';

const curve = (x1, y1, x2, y2) => {
  const bend = Math.max(24, (x2 - x1) * 0.45);
  return `C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
};

/** A curve from the right side of one card to the left side of another, along `way`, around where that is not ahead. */
export function edgePath(from, to, lane = 0, way = []) {
  const y1 = from.y + CARD.height / 2 + lane * 9;
  const y2 = to.y + CARD.height / 2 + lane * 9;
  const x1 = from.x + CARD.width;
  const x2 = to.x - 2;
  if (from === to) {
    const x = from.x + CARD.width / 2;
    const y = from.y;
    return {d: `M${x - 24} ${y}C${x - 44} ${y - 52} ${x + 44} ${y - 52} ${x + 24} ${y}`, x, y: y - 38};
  }
  if (x2 > x1 + 20) {
    let d = `M${x1} ${y1}`;
    let [x, y] = [x1, y1];
    for (const part of way) {
      d += `${curve(x, y, part.left, part.y + lane * 9)}L${part.right} ${part.y + lane * 9}`;
      [x, y] = [part.right, part.y + lane * 9];
    }
    d += curve(x, y, x2, y2);
    const middle = way[Math.floor((way.length - 1) / 2)];
    return middle ? {d, x: (middle.left + middle.right) / 2, y: middle.y + lane * 9} : {d, x: (x1 + x2) / 2, y: (y1 + y2) / 2};
  }
  if (Math.abs(from.x - to.x) < 1) {
    // In one column: around the right side.
    const far = x1 + 46 + Math.min(60, Math.abs(y2 - y1) / 6);
    return {d: `M${x1} ${y1}C${far} ${y1} ${far} ${y2} ${x1 + 2} ${y2}`, x: far - 14, y: (y1 + y2) / 2};
  }
  const below = Math.max(from.y, to.y) + CARD.height + 34;
  const a = from.x + CARD.width / 2;
  const b = to.x + CARD.width / 2;
  return {
    d: `M${a} ${from.y + CARD.height}C${a} ${below} ${b} ${below} ${b} ${to.y + CARD.height + 2}`,
    x: (a + b) / 2,
    y: (from.y + to.y) / 2 + CARD.height + (below - Math.max(from.y, to.y) - CARD.height) * 0.75,
  };
}

export function edgeWidth(edge) {
  return edge.traffic ? Math.min(6, 1.6 + Math.log10(1 + edge.traffic.rate) * 1.4) : 1.2;
}

/** What is written on an edge under a choice of the tool bar. */
export function edgeLabel(edge, choice) {
  const traffic = edge.traffic;
  if (!traffic || choice === 'none') return '';
  const failed = errors(traffic) > 0 ? ` ${percent(errors(traffic))} err` : '';
  switch (choice) {
    case 'share': return percent(edge.share) + failed;
    case 'p50': case 'p95': case 'p99': return traffic[choice] === undefined ? '' : millis(traffic[choice]);
    case 'throughput': return bytes(traffic.sent + traffic.received);
    case 'protocol': return edge.protocol;
    default: return (edge.protocol === 'tcp' ? bytes(traffic.sent + traffic.received) : rate(traffic.rate)) + failed;
  }
}

/** A node in words, for those who hear the page. */
export function nodeWords(node) {
  const traffic = node.in || node.out;
  return [node.kind, node.name, node.version, node.namespace && `in ${node.namespace}`, node.health,
    traffic && `${rate(traffic.rate)}, success ${success(traffic)}`, node.noSidecar && 'no sidecar'].filter(Boolean).join(', ');
}

export function edgeWords(edge) {
  return `${edge.protocol} ${edge.health}${edge.traffic ? `, ${rate(edge.traffic.rate)}, success ${success(edge.traffic)}` : ''}`;
}
