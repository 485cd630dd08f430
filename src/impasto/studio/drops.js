() => {
  // Pictures that are dropped or pasted anywhere on the page. One that is dropped on a box goes
  // there; of two, the first is the photograph; for one on the page around, the empty box, or a
  // question, decides.
  const boxes = '#photograph, [id^=painting-]';
  const filled = id => document.querySelector(`#${id} img`);
  const pictures = list => [...(list?.files || [])].filter(each => each.type.startsWith('image/') || /\.(heic|heif|tga|jp2)$/i.test(each.name));

  // A box that is full takes no file: a button that nobody sees takes it, and fills the box.
  function give(id, file) {
    const input = document.querySelector(`#give-${id} input[type=file], #${id} input[type=file]`);
    if (!input) return;
    const files = new DataTransfer();
    files.items.add(file);
    input.files = files.files;
    input.dispatchEvent(new Event('change', {bubbles: true}));
  }

  function place(files) {
    const [first, second] = files;
    if (second) { give('photograph', first); give('painting-1', second); return; }
    if (!filled('photograph')) give('photograph', first);
    else if (!filled('painting-1')) give('painting-1', first);
    else ask(first);
  }

  function ask(file) {
    const dialog = document.getElementById('ask');
    dialog.querySelector('img').src = URL.createObjectURL(file);
    dialog.onclose = () => {
      URL.revokeObjectURL(dialog.querySelector('img').src);
      if (dialog.returnValue) give(dialog.returnValue, file);
    };
    dialog.returnValue = '';
    dialog.showModal();
  }

  const around = event => ![...document.querySelectorAll(boxes)].some(box => box.contains(event.target));
  const has_files = event => [...(event.dataTransfer?.types || [])].includes('Files');
  let left;
  window.addEventListener('dragover', event => {
    if (!has_files(event)) return;
    if (around(event)) event.preventDefault();
    document.body.classList.add('dragged');
    clearTimeout(left);
    left = setTimeout(() => document.body.classList.remove('dragged'), 200);
  });
  window.addEventListener('drop', event => {
    const files = pictures(event.dataTransfer);
    if (!has_files(event) || (!around(event) && files.length < 2)) return;
    event.preventDefault();
    event.stopPropagation();
    if (files.length) place(files);
  }, true);
  document.addEventListener('paste', event => {
    const [file] = pictures(event.clipboardData);
    if (!file) return;
    const there = event.target.closest?.(boxes)?.id;
    if (there) give(there, file); else place([file]);
    event.preventDefault();
  });

  // How far the work is stands in the tab's title. Who has asked for it is told when it is done,
  // unless the page is looked at.
  const can_ask = () => 'Notification' in window && Notification.permission === 'default';
  document.body.classList.toggle('can-ask', can_ask());
  document.addEventListener('click', async event => {
    if (event.target.id !== 'tell-me') return;
    await Notification.requestPermission();
    document.body.classList.toggle('can-ask', can_ask());
  });
  let busy = false;
  setInterval(() => {
    const bar = document.querySelector('#status [role=progressbar]');
    document.title = bar ? `${bar.getAttribute('aria-valuenow')} % · Impasto` : 'Impasto';
    const title = document.querySelector('#details h2')?.textContent;
    if (busy && !bar && title && document.hidden && window.Notification?.permission === 'granted') {
      new Notification('The picture is finished', {body: title, tag: 'impasto'});
    }
    busy = Boolean(bar);
  }, 1000);
}
