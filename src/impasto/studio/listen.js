// Two sounds in `element`, the recording and what was made of it. One is heard at a time; to hear
// the other goes on at the same moment, in a shorter one at what is left of it.

const tracks = () => [...element.querySelectorAll('.track')];
const audio = track => track.querySelector('audio');
let heard = 0, playing = false;

function mark() {
  tracks().forEach((track, at) => track.classList.toggle('heard', at === heard));
  element.querySelectorAll('[data-hear]').forEach(each => each.setAttribute('aria-pressed', Number(each.dataset.hear) === heard));
  const button = element.querySelector('[data-do=play]');
  if (button) button.textContent = playing ? 'Pause' : 'Play';
}

function place(seconds) {
  tracks().forEach(track => {
    const length = Number(track.dataset.seconds), at = length ? seconds % length : 0;
    track.style.setProperty('--at', `${100 * at / length}%`);
    track.querySelector('input').value = at;
  });
}

function follow() {
  const track = tracks()[heard];
  if (!playing || !track) return;
  place(audio(track).currentTime);
  requestAnimationFrame(follow);
}

function play(on) {
  playing = on;
  tracks().forEach((track, at) => { if (!on || at !== heard) audio(track).pause(); });
  if (on) audio(tracks()[heard]).play().then(follow, () => { playing = false; mark(); });
  mark();
}

function hear(at) {
  const from = tracks()[heard], to = tracks()[at];
  if (!to || at === heard) return;
  audio(to).currentTime = audio(from).currentTime % Number(to.dataset.seconds);
  heard = at;
  play(playing);
}

element.addEventListener('click', event => {
  const button = event.target.closest('button');
  if (button?.dataset.do === 'play') play(!playing);
  if (button?.dataset.hear) hear(Number(button.dataset.hear));
});

element.addEventListener('input', event => {
  const track = event.target.closest('.track');
  if (!track) return;
  const seconds = Number(event.target.value);
  tracks().forEach(each => { audio(each).currentTime = seconds % Number(each.dataset.seconds); });
  hear(tracks().indexOf(track));
  place(seconds);
});

// What is new is heard first, from its beginning.
watch('value', () => {
  playing = false;
  heard = Math.max(tracks().length - 1, 0);
  mark();
});
mark();
