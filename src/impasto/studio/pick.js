// Small pictures to choose from in `element`. What was chosen is told by its name only. A keyboard
// stops here once, and goes from one to the next with the arrow keys.

const choices = () => [...element.querySelectorAll('button[data-name]:not(.delete)')];

element.addEventListener('click', event => {
  const button = event.target.closest('button[data-name]');
  if (button) trigger('click', {name: button.dataset.name, remove: 'remove' in button.dataset});
});

let at = '';  // the name of the one that a keyboard stops at

function stop() {
  const all = choices(), one = all.find(each => each.dataset.name === at) || all[0];
  all.forEach(each => { each.tabIndex = each === one ? 0 : -1; });
}

element.addEventListener('focusin', event => {
  const button = event.target.closest('button[data-name]:not(.delete)');
  if (button) { at = button.dataset.name; stop(); }
});

const STEPS = {ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Home: -Infinity, End: Infinity};

element.addEventListener('keydown', event => {
  if (event.key === 'Delete') document.activeElement.closest('.strip span')?.querySelector('.delete').click();
  const step = STEPS[event.key], all = choices(), here = all.indexOf(document.activeElement);
  if (!step || here < 0) return;
  event.preventDefault();
  all[Math.min(Math.max(here + step, 0), all.length - 1)].focus();
});

// What is drawn anew keeps the place of the keyboard.
let held = false;
element.addEventListener('focusin', () => { held = true; });
element.addEventListener('focusout', event => { if (event.relatedTarget) held = false; });
watch('value', () => {
  stop();
  const one = held && document.activeElement === document.body && choices().find(each => each.dataset.name === at);
  if (one) one.focus({preventScroll: true});
});
stop();
