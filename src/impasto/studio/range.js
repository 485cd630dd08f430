// A filmstrip in `element`, with two handles: the part of the clip between them is painted. Where
// they are is told when they are let go.

const ends = () => ['from', 'to'].map(each => element.querySelector(`input.${each}`));

function time(seconds) {
  const minutes = Math.floor(seconds / 60), rest = (seconds % 60).toFixed(2).padStart(5, '0');
  return `${minutes}:${rest}`;
}

function draw() {
  const strip = element.querySelector('.filmstrip');
  if (!strip) return;
  const length = Number(strip.dataset.seconds), [start, end] = ends().map(each => Number(each.value));
  strip.style.setProperty('--from', start / length);
  strip.style.setProperty('--to', end / length);
  const frames = Math.max(1, Math.round(Number(strip.dataset.frames) * (end - start) / length));
  const said = frames === 1 ? '1 frame' : `${frames} frames`;
  strip.querySelector('output').textContent = `${time(start)} to ${time(end)}, ${said}`;
  ends().forEach(each => each.setAttribute('aria-valuetext', `${time(Number(each.value))} of ${time(length)}`));
}

element.addEventListener('input', event => {
  const [from, to] = ends(), least = Number(from.max) / Number(element.querySelector('.filmstrip').dataset.frames);
  if (event.target === from) from.value = Math.min(Number(from.value), Math.max(Number(to.value) - least, 0));
  if (event.target === to) to.value = Math.max(Number(to.value), Number(from.value) + least);
  draw();
});

element.addEventListener('change', event => {
  if (!event.target.matches('input[type=range]')) return;
  const [start, end] = ends().map(each => Number(each.value));
  trigger('click', {start, end});
});

watch('value', draw);
draw();
