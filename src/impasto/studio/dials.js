// One dial, or one row of choices, in `element`: what it shows is `props.value`, which goes to the
// studio with the form. A dial is logarithmic: equal ways multiply by the same.

const box = element.querySelector('.dial'), row = element.querySelector('.segments');

// What somebody sets by hand is no look anymore; size and quality belong to none.
const in_looks = !element.closest('#setting-size, #setting-backbone');

function chosen(value) {
  if (in_looks) document.querySelectorAll('#looks [aria-pressed=true]').forEach(each => each.removeAttribute('aria-pressed'));
  props.value = value;
  show();
}

function as_number(at) {
  const {low, high, step} = box.dataset, value = low * (high / low) ** (at / 1000);
  const words = [...box.querySelectorAll('.marks button')].map(each => Number(each.dataset.value));
  const near = words.find(each => Math.abs(Math.log(value / each)) < 0.012 * Math.log(high / low));
  if (near) return near;
  return Number(step) ? Math.round(value / step) * step : Number(value.toPrecision(2));
}

function show_dial() {
  const {low, high} = box.dataset, value = props.value, number = Number(value);
  const range = box.querySelector('[type=range]'), exact = box.querySelector('.exact input');
  exact.value = typeof value === 'number' ? Number(value.toPrecision(5)) : value ?? '';
  const at = 1000 * Math.log(Math.max(number, 1e-9) / low) / Math.log(high / low);
  if (!Number.isNaN(at) && as_number(range.value) !== number) range.value = Math.round(at);
  range.style.setProperty('--filled', `${range.value / 10}%`);
  let nearest = null;
  for (const each of box.querySelectorAll('.marks button')) {
    each.setAttribute('aria-pressed', Number(each.dataset.value) === number);
    const far = Math.abs(Math.log(each.dataset.value / number));
    if (!nearest || far < nearest.far) nearest = {far, word: each.innerText.trim()};
  }
  range.setAttribute('aria-valuetext', `${nearest.word}: ${value}`);
}

function show_row() {
  const value = props.value, select = row.querySelector('select');
  row.querySelectorAll('[type=radio]').forEach(each => { each.checked = each.value === value; });
  if (!select) return;
  select.value = [...select.options].some(each => each.value === value) ? value : '';
  select.classList.toggle('chosen', select.value !== '');
}

const show = box ? show_dial : show_row;

element.addEventListener('input', event => {
  if (event.target.type === 'range') chosen(as_number(event.target.value));
});
element.addEventListener('change', event => {
  const {target} = event;
  if (target.type === 'text') {
    const text = target.value.trim();
    chosen(text === '' || Number.isNaN(Number(text)) ? text : Number(text));
  }
  if (target.type === 'radio') chosen(target.value);
  if (target.matches('select') && target.value) chosen(target.value);
  if (target.matches('select') && !target.value) show();
});
element.addEventListener('click', event => {
  const mark = event.target.closest('.marks button');
  if (mark) chosen(Number(mark.dataset.value));
});
watch('value', show);
show();
