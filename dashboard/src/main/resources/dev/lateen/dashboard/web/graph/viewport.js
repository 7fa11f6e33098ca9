// Pan and zoom of the drawing, by mouse, wheel, touch pad and keys.

const SMALLEST = 0.05;
const LARGEST = 2.5;

/** Moves `content` within `frame`; `onZoom` is told of each scale. */
export class Viewport {
  constructor(frame, content, onZoom) {
    this.frame = frame;
    this.content = content;
    this.onZoom = onZoom;
    this.x = 0;
    this.y = 0;
    this.scale = 1;
    this.touched = false;
    frame.addEventListener('wheel', event => this.wheel(event), {passive: false});
    frame.addEventListener('pointerdown', event => this.grab(event));
  }

  apply() {
    this.content.setAttribute('transform', `translate(${this.x.toFixed(2)} ${this.y.toFixed(2)}) scale(${this.scale.toFixed(4)})`);
    this.onZoom(this.scale);
  }

  /** All of the drawing in the frame. */
  fit(width, height) {
    const box = this.frame.getBoundingClientRect();
    if (!box.width || !box.height) return;
    const margin = 36;
    this.scale = Math.min(1.25, Math.max(SMALLEST, Math.min((box.width - 2 * margin) / width, (box.height - 2 * margin) / height)));
    this.x = (box.width - width * this.scale) / 2;
    this.y = (box.height - height * this.scale) / 2;
    this.apply();
  }

  zoom(factor, x, y) {
    const box = this.frame.getBoundingClientRect();
    const px = x === undefined ? box.width / 2 : x - box.left;
    const py = y === undefined ? box.height / 2 : y - box.top;
    const scale = Math.min(LARGEST, Math.max(SMALLEST, this.scale * factor));
    this.x = px - ((px - this.x) * scale) / this.scale;
    this.y = py - ((py - this.y) * scale) / this.scale;
    this.scale = scale;
    this.touched = true;
    this.apply();
  }

  move(dx, dy) {
    this.x += dx;
    this.y += dy;
    this.touched = true;
    this.apply();
  }

  /** Brings a place of the drawing into the frame, if it is not. */
  reveal(x, y) {
    const box = this.frame.getBoundingClientRect();
    const px = x * this.scale + this.x;
    const py = y * this.scale + this.y;
    const margin = 90;
    const dx = px < margin ? margin - px : px > box.width - margin ? box.width - margin - px : 0;
    const dy = py < margin ? margin - py : py > box.height - margin ? box.height - margin - py : 0;
    if (dx || dy) this.move(dx, dy);
  }

  wheel(event) {
    event.preventDefault();
    if (event.shiftKey) this.move(-event.deltaY - event.deltaX, 0);
    else this.zoom(Math.exp(-Math.sign(event.deltaY) * Math.min(60, Math.abs(event.deltaY)) * 0.003), event.clientX, event.clientY);
  }

  grab(event) {
    if (event.button !== 0 || event.target.closest('[data-node],[data-edge]')) return;
    let last = event;
    const follow = moved => {
      this.move(moved.clientX - last.clientX, moved.clientY - last.clientY);
      last = moved;
    };
    const release = () => {
      this.frame.removeEventListener('pointermove', follow);
      this.frame.classList.remove('grabbed');
    };
    this.frame.setPointerCapture(event.pointerId);
    this.frame.classList.add('grabbed');
    this.frame.addEventListener('pointermove', follow);
    this.frame.addEventListener('pointerup', release, {once: true});
    this.frame.addEventListener('pointercancel', release, {once: true});
  }
}
