// Builds elements. Text goes in as text: nothing here takes markup.

const SVG = 'http://www.w3.org/2000/svg';

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name === 'value') node.value = value;
    else if (name === 'checked' || name === 'disabled' || name === 'selected') node[name] = Boolean(value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  append(node, children);
  return node;
}

function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** An HTML element: name, attributes (`onclick` and the like are listeners), children. */
export function el(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** An SVG element. */
export function svg(name, attributes, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

/** Puts children in the place of what is there. */
export function replace(node, ...children) {
  node.replaceChildren();
  append(node, children);
  return node;
}

/** Sets or removes an attribute only where it differs, which spares the browser work. */
export function attribute(node, name, value) {
  if (value === undefined || value === null || value === false) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
  } else if (node.getAttribute(name) !== String(value)) {
    node.setAttribute(name, String(value));
  }
}

/** Sets text only where it differs. */
export function text(node, value) {
  if (node.textContent !== value) node.textContent = value;
}

let labels = 0;

/** A select with its label. `options` are pairs of value and text. */
export function choice(label, options, value, changed) {
  const id = `choice-${++labels}`;
  return el('span', {class: 'field'},
    el('label', {for: id}, label),
    el('select', {id, onchange: event => changed(event.target.value)},
      options.map(([key, words]) => el('option', {value: key, selected: key === value}, words))));
}

/** A checkbox with its label. */
export function toggle(label, on, changed, title) {
  return el('label', {class: 'toggle', title},
    el('input', {type: 'checkbox', checked: on, onchange: event => changed(event.target.checked)}), label);
}

/** A table: heads, and rows of cells (text or nodes). */
export function table(caption, heads, rows) {
  return el('div', {class: 'table', tabindex: '0', role: 'region', 'aria-label': caption},
    el('table', {},
      el('caption', {class: 'hidden'}, caption),
      el('thead', {}, el('tr', {}, heads.map(head => el('th', {scope: 'col'}, head)))),
      el('tbody', {}, rows.map(row => el('tr', {}, row.map(cell => el('td', {}, cell)))))));
}
