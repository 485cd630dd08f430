// The stage in `element`: before and after, full screen, and every pixel of the picture.
// What is drawn in it comes anew from the studio; what is chosen here lasts until then.

const stage = () => element.querySelector('.stage');
const range = () => element.querySelector('input[type=range]');

function split(percent) {
  range().value = percent;
  stage().style.setProperty('--at', `${percent}%`);
}

function zoom() {
  const box = stage(), picture = box.querySelector('img'), on = !box.classList.contains('zoomed');
  if (on && box.dataset.full) picture.src = box.dataset.full;
  box.classList.toggle('zoomed', on);
  box.style.setProperty('--full', `${box.dataset.width}px`);
  element.querySelector('[data-do=zoom]').setAttribute('aria-pressed', on);
  const middle = () => box.scrollTo((box.scrollWidth - box.clientWidth) / 2, (box.scrollHeight - box.clientHeight) / 2);
  if (on) requestAnimationFrame(middle);
}

function fullscreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else element.querySelector('.frame').requestFullscreen?.();
}

element.addEventListener('click', event => {
  const what = event.target.closest('[data-do]')?.dataset.do;
  if (what === 'zoom') zoom();
  if (what === 'fullscreen') fullscreen();
});

// Held, the button shows the photograph, and the slider returns to where it was.
let before = null;
function hold(event) {
  if (!event.target.closest('[data-do=hold]') || before !== null) return;
  before = range().value;
  split(100);
}
function release() {
  if (before === null) return;
  if (range()) split(before);
  before = null;
}
element.addEventListener('pointerdown', hold);
element.addEventListener('keydown', event => { if ([' ', 'Enter'].includes(event.key)) hold(event); });
element.addEventListener('contextmenu', event => {
  if (event.target.closest('[data-do=hold]')) event.preventDefault();  // a long press on a phone
});
for (const end of ['pointerup', 'pointercancel', 'keyup', 'blur']) window.addEventListener(end, release);

// At full size the picture is moved by dragging.
let grip = null;
element.addEventListener('pointerdown', event => {
  const box = event.target.closest('.stage.zoomed');
  if (!box || event.pointerType === 'touch') return;
  grip = {box, x: event.clientX + box.scrollLeft, y: event.clientY + box.scrollTop};
  event.preventDefault();
});
window.addEventListener('pointermove', event => {
  if (grip) grip.box.scrollTo(grip.x - event.clientX, grip.y - event.clientY);
});
window.addEventListener('pointerup', () => { grip = null; });

// The slider moves once, over the pair that the page begins with, so that it is seen to move.
function show_once() {
  const box = element.querySelector('.stage.landing:not([data-shown])');
  if (!box) return;
  box.dataset.shown = '';
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches, began = performance.now();
  if (calm) { split(50); return; }
  const step = now => {
    if (stage() !== box || !box.matches('.landing') || box.matches(':focus-within')) return;
    const t = Math.min((now - began) / 2600, 1), ease = t * t * (3 - 2 * t);
    split(100 - 50 * ease);
    if (t < 1) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}
new MutationObserver(show_once).observe(element, {childList: true, subtree: true});
show_once();
