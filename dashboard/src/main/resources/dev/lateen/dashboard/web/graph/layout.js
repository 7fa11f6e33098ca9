// Where nodes go: callers left of callees, each namespace in a box of its own, boxes never over each other.
// Pure: the same graph gives the same places.

export const CARD = {width: 190, height: 50};
const COLUMN = 320;
const ROW = 74;
const TALLEST = 24;
const LANE = 14;
const WIDEST = 3;
const MOST_LANES = 800;
const PAD = {x: 26, top: 44, bottom: 24};
const GAP = {x: 120, y: 44};

/** Ranks: the longest way from a node that nobody calls. Edges that close a cycle do not count. */
function ranks(ids, next) {
  const rank = new Map();
  const open = new Set();
  const order = [];
  const visit = start => {
    const stack = [[start, 0]];
    open.add(start);
    while (stack.length) {
      const top = stack[stack.length - 1];
      const target = next.get(top[0])[top[1]++];
      if (target === undefined) {
        stack.pop();
        open.delete(top[0]);
        order.push(top[0]);
        rank.set(top[0], 0);
      } else if (!open.has(target) && !rank.has(target)) {
        open.add(target);
        stack.push([target, 0]);
      }
    }
  };
  const called = new Set(ids.flatMap(id => next.get(id)));
  ids.filter(id => !called.has(id)).forEach(id => rank.has(id) || visit(id));
  ids.forEach(id => rank.has(id) || visit(id));
  const position = new Map(order.reverse().map((id, index) => [id, index]));
  order.forEach(id => next.get(id).forEach(target => {
    if (position.get(target) > position.get(id)) rank.set(target, Math.max(rank.get(target), rank.get(id) + 1));
  }));
  return rank;
}

function neighbours(ids, edges) {
  const next = new Map(ids.map(id => [id, []]));
  const before = new Map(ids.map(id => [id, []]));
  for (const [from, to] of edges) {
    if (from !== to && next.has(from) && next.has(to) && !next.get(from).includes(to)) {
      next.get(from).push(to);
      before.get(to).push(from);
    }
  }
  return {next, before};
}

const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Wanted places, moved as little as keeps each `size` apart from the next, in the given order. */
function spread(wanted, sizes) {
  const blocks = [];
  let offset = 0;
  wanted.forEach((place, index) => {
    blocks.push({sum: place - offset, count: 1, first: index});
    offset += sizes[index];
    while (blocks.length > 1) {
      const last = blocks[blocks.length - 1];
      const previous = blocks[blocks.length - 2];
      if (previous.sum / previous.count <= last.sum / last.count) break;
      previous.sum += last.sum;
      previous.count += last.count;
      blocks.pop();
    }
  });
  const places = [];
  offset = 0;
  for (const block of blocks) {
    for (let i = 0; i < block.count; i++) {
      places.push(block.sum / block.count + offset);
      offset += sizes[block.first + i];
    }
  }
  return places;
}

/** Versions of one app stand next to each other. */
function keepGroups(column, groupOf) {
  const first = new Map();
  column.forEach((id, index) => {
    const group = groupOf(id);
    if (group && !first.has(group)) first.set(group, index);
  });
  return column.map((id, index) => [first.get(groupOf(id)) ?? index, index, id])
    .sort((one, other) => one[0] - other[0] || one[1] - other[1])
    .map(entry => entry[2]);
}

const longWay = (from, to) => `${from}→${to}`;

/** Puts a lane into each column that an edge passes, so that it runs beside what stands there. */
function lanes(next, rank) {
  const long = [];
  next.forEach((targets, from) => targets.forEach(to => rank.get(to) - rank.get(from) > 1 && long.push([from, to])));
  const chains = new Map();
  const links = [];
  const total = long.reduce((sum, [from, to]) => sum + rank.get(to) - rank.get(from) - 1, 0);
  const wanted = total <= MOST_LANES;
  next.forEach((targets, from) => targets.forEach(to => {
    const span = rank.get(to) - rank.get(from);
    if (span <= 1 || !wanted) {
      links.push([from, to]);
      return;
    }
    const chain = [];
    for (let step = 1; step < span; step++) {
      const lane = `~${longWay(from, to)}~${step}`;
      rank.set(lane, rank.get(from) + step);
      chain.push(lane);
    }
    chains.set(longWay(from, to), chain);
    [from, ...chain].forEach((one, index) => links.push([one, chain[index] ?? to]));
  }));
  return {chains, links};
}

/**
 * Places of things in columns; top left is 0, 0. Of long edges, `ways` has the lanes that they take:
 * `{left, right, y}` by `from→to`. Things in `last` stand in the last column.
 */
function layered(things, edges, size, gap, groupOf, last = new Set()) {
  const rank = ranks(things, neighbours(things, edges).next);
  const deepest = Math.max(...rank.values());
  last.forEach(id => rank.set(id, deepest));
  const {chains, links} = lanes(neighbours(things, edges).next, rank);
  const ids = [...things, ...[...chains.values()].flat()];
  const {next, before} = neighbours(ids, links);
  const heightOf = id => (rank.has(id) && id.startsWith('~') ? LANE : size(id).height);
  const widthOf = id => (id.startsWith('~') ? 0 : size(id).width);
  let columns = [];
  [...ids].sort().forEach(id => (columns[rank.get(id)] ||= []).push(id));
  columns = columns.filter(Boolean);
  order(columns, next, before, groupOf);
  columns = columns.flatMap(column => {
    const parts = [];
    for (let i = 0; i < column.length; i += TALLEST) parts.push(column.slice(i, i + TALLEST));
    return parts;
  });
  const y = heights(columns, next, before, id => heightOf(id), gap.y);
  const x = new Map();
  const span = new Map();
  let left = 0;
  columns.forEach(column => {
    const width = Math.max(...column.map(widthOf), 1);
    column.forEach(id => {
      x.set(id, left + (width - widthOf(id)) / 2);
      span.set(id, [left, left + width]);
    });
    left += width + gap.x;
  });
  const top = Math.min(...ids.map(id => y.get(id)));
  const places = new Map(things.map(id => [id, {x: x.get(id), y: y.get(id) - top}]));
  const laneAt = id => ({left: span.get(id)[0], right: span.get(id)[1], y: y.get(id) - top + heightOf(id) / 2});
  return {
    places,
    laneAt,
    ways: new Map([...chains].map(([key, chain]) => [key, chain.map(laneAt)])),
    width: left - gap.x,
    height: Math.max(...ids.map(id => y.get(id) - top + heightOf(id))),
  };
}

/** The order in columns that crosses few edges: each near the middle of its neighbours. */
function order(columns, next, before, groupOf) {
  const at = new Map();
  columns.forEach(column => column.forEach((id, index) => at.set(id, index)));
  for (let sweep = 0; sweep < 8; sweep++) {
    const side = sweep % 2 === 0 ? before : next;
    for (const column of sweep % 2 === 0 ? columns : [...columns].reverse()) {
      const weight = new Map(column.map(id => [id, side.get(id).length ? mean(side.get(id).map(other => at.get(other))) : at.get(id)]));
      column.sort((one, other) => weight.get(one) - weight.get(other) || (one < other ? -1 : 1));
      keepGroups(column, groupOf).forEach((id, index) => {
        column[index] = id;
        at.set(id, index);
      });
    }
  }
}

/** Heights in columns: each as near to the middle of its neighbours as its own column lets it. */
function heights(columns, next, before, heightOf, gap) {
  const y = new Map();
  columns.forEach(column => {
    let top = 0;
    column.forEach(id => {
      y.set(id, top);
      top += heightOf(id) + gap;
    });
    column.forEach(id => y.set(id, y.get(id) - top / 2));
  });
  const middle = id => y.get(id) + heightOf(id) / 2;
  for (let pass = 0; pass < 10; pass++) {
    const side = pass % 2 === 0 ? before : next;
    for (const column of pass % 2 === 0 ? columns : [...columns].reverse()) {
      const wanted = column.map(id => {
        const others = side.get(id).length ? side.get(id) : pass > 7 ? [...next.get(id), ...before.get(id)] : [];
        return others.length ? mean(others.map(middle)) - heightOf(id) / 2 : y.get(id);
      });
      spread(wanted, column.map(id => heightOf(id) + gap)).forEach((place, index) => y.set(column[index], place));
    }
  }
  return y;
}

/** What nobody calls and what calls nobody, below the rest in rows. */
function grid(ids, columns) {
  const places = new Map(ids.map((id, index) => [id,
    {x: (index % columns) * (CARD.width + 28), y: Math.floor(index / columns) * ROW}]));
  const rows = Math.ceil(ids.length / columns);
  const used = Math.min(columns, ids.length);
  return {places, width: used * (CARD.width + 28) - 28, height: rows * ROW - (ROW - CARD.height)};
}

/** The nodes of one namespace. `entered` and `left` are those that edges of other namespaces lead to and from. */
function inside(nodes, edges, entered, left) {
  const touched = new Set(edges.flat());
  const ids = nodes.map(node => node.id);
  const lone = ids.filter(id => !touched.has(id)).sort();
  const tied = ids.filter(id => touched.has(id));
  const groups = new Map(nodes.map(node => [node.id, node.group]));
  const main = tied.length ? crossed(tied, edges, entered, left, id => groups.get(id))
    : {places: new Map(), ways: new Map(), entries: new Map(), exits: new Map(), width: 0, height: 0};
  if (!lone.length) return main;
  const columns = Math.max(1, Math.min(lone.length, Math.max(Math.ceil(Math.sqrt(lone.length * 0.5)), Math.floor(main.width / (CARD.width + 28)))));
  const rest = grid(lone, columns);
  const shift = main.height ? main.height + ROW - CARD.height : 0;
  rest.places.forEach((place, id) => main.places.set(id, {x: place.x, y: place.y + shift}));
  return {...main, width: Math.max(main.width, rest.width), height: shift + rest.height};
}

/** Layers with lanes from the left edge to what is entered, and from what is left to the right edge. */
function crossed(tied, edges, entered, left, groupOf) {
  const rank = ranks(tied, neighbours(tied, edges).next);
  const deepest = Math.max(...rank.values());
  const doors = tied.filter(id => entered.has(id) && rank.get(id) > 0);
  const gates = tied.filter(id => left.has(id) && rank.get(id) < deepest);
  const few = doors.length + gates.length <= MOST_LANES / 4;
  const ins = few ? doors.map(id => [`~in~${id}`, id]) : [];
  const outs = few ? gates.map(id => [id, `~out~${id}`]) : [];
  const things = [...tied, ...ins.map(edge => edge[0]), ...outs.map(edge => edge[1])];
  const plan = layered(things, [...edges, ...ins, ...outs], () => CARD, {x: COLUMN - CARD.width, y: ROW - CARD.height}, groupOf, new Set(outs.map(edge => edge[1])));
  const way = (from, to) => plan.ways.get(longWay(from, to)) || [];
  return {
    ...plan,
    places: new Map(tied.map(id => [id, plan.places.get(id)])),
    entries: new Map(ins.map(([door, id]) => [id, [plan.laneAt(door), ...way(door, id)]])),
    exits: new Map(outs.map(([id, gate]) => [id, [...way(id, gate), plan.laneAt(gate)]])),
  };
}

/**
 * Places for all nodes and boxes: `{nodes: Map id → {x, y}, ways: Map from→to → lanes, boxes: [{name, x, y, width,
 * height}], width, height}`. Places are of the top left corner; a lane is `{left, right, y}`.
 */
export function layout(nodes, edges, boxed = true) {
  if (!nodes.length) return {nodes: new Map(), ways: new Map(), boxes: [], width: 1, height: 1};
  const spaceOf = new Map(nodes.map(node => [node.id, boxed ? node.namespace : '']));
  const spaces = [...new Set(spaceOf.values())].sort();
  const crossing = edges.filter(edge => spaceOf.get(edge.from) !== spaceOf.get(edge.to));
  const entered = new Set(crossing.map(edge => edge.to));
  const left = new Set(crossing.map(edge => edge.from));
  const members = new Map(spaces.map(space => [space, {nodes: [], edges: []}]));
  nodes.forEach(node => members.get(spaceOf.get(node.id)).nodes.push(node));
  edges.filter(edge => spaceOf.get(edge.from) === spaceOf.get(edge.to) && edge.from !== edge.to)
    .forEach(edge => members.get(spaceOf.get(edge.from)).edges.push([edge.from, edge.to]));
  const parts = new Map(spaces.map(space => {
    const own = members.get(space);
    const part = inside(own.nodes, own.edges, entered, left);
    const pad = space ? PAD : {x: 0, top: 0, bottom: 0};
    return [space, {...part, pad, size: {width: part.width + 2 * pad.x, height: part.height + pad.top + pad.bottom}}];
  }));
  const between = crossing.map(edge => [spaceOf.get(edge.from), spaceOf.get(edge.to)]);
  const size = space => parts.get(space).size;
  const ranked = layered(spaces, between, size, GAP, () => undefined);
  const outer = spaces.length > 3 && ranked.width > WIDEST * ranked.height ? shelves(spaces, ranked, size) : ranked;
  return composed(spaces, parts, outer, edges, spaceOf);
}

/** Boxes in rows, callers first, where columns would make a drawing that is all width. */
function shelves(spaces, ranked, size) {
  const area = spaces.reduce((sum, space) => sum + (size(space).width + GAP.x) * (size(space).height + GAP.y), 0);
  const widest = Math.max(Math.sqrt(area * 1.7), ...spaces.map(space => size(space).width));
  const places = new Map();
  let [x, y, tallest, width] = [0, 0, 0, 0];
  const inOrder = [...spaces].sort((one, other) => ranked.places.get(one).x - ranked.places.get(other).x || (one < other ? -1 : 1));
  for (const space of inOrder) {
    if (x > 0 && x + size(space).width > widest) {
      [x, y, tallest] = [0, y + tallest + GAP.y * 2, 0];
    }
    places.set(space, {x, y});
    width = Math.max(width, x + size(space).width);
    x += size(space).width + GAP.x;
    tallest = Math.max(tallest, size(space).height);
  }
  return {places, ways: new Map(), width, height: y + tallest};
}

function composed(spaces, parts, outer, edges, spaceOf) {
  const places = new Map();
  const boxes = [];
  const corner = space => outer.places.get(space);
  for (const space of spaces) {
    const {pad, size, places: own} = parts.get(space);
    const {x, y} = corner(space);
    own.forEach((place, id) => places.set(id, {x: x + pad.x + place.x, y: y + pad.top + place.y}));
    if (space) boxes.push({name: space, x, y, ...size});
  }
  const moved = (lanes, space) => (lanes || []).map(lane => {
    const {x, y} = corner(space);
    const {pad} = parts.get(space);
    return {left: lane.left + x + pad.x, right: lane.right + x + pad.x, y: lane.y + y + pad.top};
  });
  const ways = new Map();
  for (const {from, to} of edges) {
    const [a, b] = [spaceOf.get(from), spaceOf.get(to)];
    const key = longWay(from, to);
    if (a === b) ways.set(key, moved(parts.get(a).ways.get(key), a));
    else if (corner(a).x + parts.get(a).size.width < corner(b).x) {
      ways.set(key, [...moved(parts.get(a).exits.get(from), a), ...(outer.ways.get(longWay(a, b)) || []), ...moved(parts.get(b).entries.get(to), b)]);
    }
  }
  return {nodes: places, ways, boxes, width: outer.width, height: outer.height};
}
