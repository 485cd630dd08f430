// Other files of the finished picture in `element`, made in the browser from what it shows already.

const link = () => element.querySelector('a.download');

async function decoded(source) {
  const picture = new Image();
  picture.src = source;
  await picture.decode();
  return picture;
}

function drawn(width, height, draw) {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext('2d');
  context.fillStyle = '#fff';  // JPEG has no transparency
  context.fillRect(0, 0, width, height);
  draw(context);
  return new Promise(done => canvas.toBlob(done, 'image/jpeg', 0.95));
}

async function before_and_after() {
  const {before, after} = element.querySelector('[data-before]').dataset;
  const [one, other] = await Promise.all([decoded(before), decoded(after)]);
  const gap = Math.round(one.width / 60), size = [one.width, one.height];
  return drawn(2 * size[0] + gap, size[1], context => {
    context.drawImage(one, 0, 0, ...size);
    context.drawImage(other, size[0] + gap, 0, ...size);
  });
}

async function jpeg() {
  const picture = await decoded(link().href);
  return drawn(picture.width, picture.height, context => context.drawImage(picture, 0, 0));
}

async function address_of(source) {
  const blob = await (await fetch(source)).blob(), reader = new FileReader();
  return new Promise(done => {
    reader.onload = () => done(reader.result);
    reader.readAsDataURL(blob);
  });
}

// One page with both pictures and the slider in it: it opens anywhere, and asks nobody.
async function page() {
  const {before, after} = element.querySelector('[data-before]').dataset;
  const [one, other] = await Promise.all([address_of(before), address_of(after)]);
  const title = element.querySelector('h2').textContent.replace(/[&<>"]/g, each => `&#${each.charCodeAt(0)};`);
  return new Blob([`<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<style>body{margin:0;background:#181614;color:#f1ece5;font:1rem/1.5 system-ui,sans-serif;min-height:100vh;
display:grid;place-content:center;gap:.6rem;text-align:center}
.pair{position:relative;--at:50%;justify-self:center}.pair img{display:block;max-width:96vw;max-height:86vh}
.pair .before{position:absolute;inset:0;width:100%;height:100%;clip-path:inset(0 calc(100% - var(--at)) 0 0)}
input{width:min(96vw,40rem);justify-self:center}</style>
<div class="pair"><img src="${other}" alt="${title}"><img class="before" src="${one}" alt="the photograph"></div>
<input type="range" aria-label="How much of the photograph to show"
oninput="document.querySelector('.pair').style.setProperty('--at',this.value+'%')">
<div>${title}</div></html>`], {type: 'text/html'});
}

const MAKE = {jpeg: [jpeg, '.jpg'], pair: [before_and_after, '-before-after.jpg'], page: [page, '.html']};

element.addEventListener('click', async event => {
  const button = event.target.closest('[data-export]');
  if (!button) return;
  const [make, suffix] = MAKE[button.dataset.export];
  button.disabled = true;
  try {
    const file = document.createElement('a');
    file.href = URL.createObjectURL(await make());
    file.download = link().download.replace(/\.png$/, suffix);
    file.click();
    setTimeout(() => URL.revokeObjectURL(file.href), 10000);
  } finally {
    button.disabled = false;
  }
});
