// A brush for the pictures in `element`: mouse, finger, pen or keyboard. Strokes have hard edges, so
// that every place has one color. What is painted goes to the studio as a PNG when a stroke ends.

const LONG = 1024, KEPT = 20;
const FILLS = {
  red: '#ff0000', green: '#00ff00', blue: '#0000ff',
  yellow: '#ffff00', magenta: '#ff00ff', cyan: '#00ffff',
};
let color = 'red', size = 8;  // the size is a share of the long side, in percent

const radius = canvas => Math.max(canvas.width, canvas.height) * size / 200;

function dab(canvas, x, y) {
  const context = canvas.getContext('2d'), r = Math.round(radius(canvas));
  context.fillStyle = FILLS[color] || '#000';
  for (let dy = -r; dy <= r; dy++) {
    const dx = Math.floor(Math.sqrt(r * r - dy * dy));
    const row = [Math.round(x) - dx, Math.round(y) + dy, 2 * dx + 1, 1];
    if (color === 'wipe') context.clearRect(...row); else context.fillRect(...row);
  }
}

function line(canvas, from, to) {
  const steps = Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / Math.max(1, radius(canvas) / 4));
  for (let i = 0; i <= steps; i++) {
    const t = steps ? i / steps : 1;
    dab(canvas, from.x + t * (to.x - from.x), from.y + t * (to.y - from.y));
  }
}

function send(canvas) {
  const mask = canvas.toDataURL('image/png');
  canvas.history.push(mask);
  if (canvas.history.length > KEPT) canvas.history.shift();
  const {place, name} = canvas.dataset;
  trigger('input', {place: Number(place), name, mask, at: performance.now()});
}

async function draw(canvas, source) {
  const picture = new Image();
  picture.src = source;
  await picture.decode();
  const context = canvas.getContext('2d');
  context.imageSmoothingEnabled = false;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
}

function ring(canvas) {
  const circle = canvas.parentElement.querySelector('.ring'), {x, y} = canvas.at;
  circle.style.left = `${100 * x / canvas.width}%`;
  circle.style.top = `${100 * y / canvas.height}%`;
  circle.style.width = `${200 * radius(canvas) / canvas.width}%`;
}

function place(canvas, event) {
  const box = canvas.getBoundingClientRect();
  canvas.at = {
    x: (event.clientX - box.left) * canvas.width / box.width,
    y: (event.clientY - box.top) * canvas.height / box.height,
  };
  ring(canvas);
  return canvas.at;
}

const MOVES = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};

function key(canvas, event) {
  const move = MOVES[event.key], before = canvas.at;
  if (move) {
    const step = radius(canvas), within = (v, most) => Math.min(Math.max(v, 0), most);
    canvas.at = {
      x: within(before.x + move[0] * step, canvas.width),
      y: within(before.y + move[1] * step, canvas.height),
    };
    if (event.shiftKey) line(canvas, before, canvas.at);
  } else if (event.key === ' ' || event.key === 'Enter') {
    dab(canvas, before.x, before.y);
  } else {
    return;
  }
  event.preventDefault();
  ring(canvas);
  if (!move || event.shiftKey) send(canvas);
}

async function prepare(canvas) {
  const picture = canvas.parentElement.querySelector('img');
  await picture.decode();
  const scale = LONG / Math.max(picture.naturalWidth, picture.naturalHeight);
  canvas.width = Math.round(scale * picture.naturalWidth);
  canvas.height = Math.round(scale * picture.naturalHeight);
  canvas.history = [];
  canvas.at = {x: canvas.width / 2, y: canvas.height / 2};
  if (canvas.dataset.mask) await draw(canvas, canvas.dataset.mask);
  canvas.history.push(canvas.toDataURL('image/png'));
  let from = null;
  canvas.onpointerdown = event => {
    if (event.button) return;
    canvas.setPointerCapture(event.pointerId);
    from = place(canvas, event);
    dab(canvas, from.x, from.y);
  };
  canvas.onpointermove = event => {
    const moves = event.getCoalescedEvents?.() || [];
    for (const each of moves.length ? moves : [event]) {
      const to = place(canvas, each);
      if (from) { line(canvas, from, to); from = to; }
    }
  };
  canvas.onpointerup = canvas.onpointercancel = () => {
    if (from) { from = null; send(canvas); }
  };
  canvas.onkeydown = event => key(canvas, event);
  canvas.onfocus = () => ring(canvas);
  canvas.dataset.ready = 'yes';
}

function begin() {
  const chosen = element.querySelector(`input[value=${color}]`);
  if (chosen) chosen.checked = true;
  const slider = element.querySelector('.size');
  if (slider) slider.value = size;
  element.querySelectorAll('canvas').forEach(canvas => {
    if (!canvas.dataset.started) { canvas.dataset.started = 'yes'; prepare(canvas); }
  });
}

element.addEventListener('input', event => {
  if (event.target.name === 'brush') color = event.target.value;
  if (event.target.matches('.size')) {
    size = Number(event.target.value);
    element.querySelectorAll('canvas[data-ready]').forEach(ring);
  }
});
element.addEventListener('click', async event => {
  const button = event.target.closest('button[data-do]');
  const canvas = button?.closest('figure').querySelector('canvas[data-ready]');
  if (!canvas) return;
  if (button.dataset.do === 'undo') {
    if (canvas.history.length < 2) return;
    canvas.history.pop();
    await draw(canvas, canvas.history.pop());
  } else {
    canvas.getContext('2d').clearRect(0, 0, canvas.width, canvas.height);
  }
  send(canvas);
});
watch('value', begin);
begin();
