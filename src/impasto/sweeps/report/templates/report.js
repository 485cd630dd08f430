// Comforts of the page, which is whole without them: a table that sorts, a command that is copied,
// and arrow keys that lead from one opened cell to the next.
for (const head of document.querySelectorAll("table.sortable th[data-sort]")) {
  const button = head.querySelector("button");
  button.addEventListener("click", () => {
    const up = head.ariaSort !== "ascending", body = head.closest("table").tBodies[0];
    const value = row => row.cells[head.cellIndex].dataset.value ?? row.cells[head.cellIndex].textContent;
    const number = row => parseFloat(value(row));
    const compare = (a, b) => isNaN(number(a)) || isNaN(number(b))
      ? value(a).localeCompare(value(b)) : number(a) - number(b);
    const rows = [...body.rows].sort((a, b) => (up ? 1 : -1) * compare(a, b));
    for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
    head.ariaSort = up ? "ascending" : "descending";
    body.append(...rows);
  });
}
for (const button of document.querySelectorAll("button.copy")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.closest("[popover]").querySelector("pre").textContent);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
}
document.addEventListener("click", event => {
  const next = event.target.closest?.("button[data-show]");
  if (next) show(next.closest("[popover]"), next.dataset.show);
});
document.addEventListener("keydown", event => {
  const open = document.querySelector("[popover]:popover-open");
  const way = {ArrowLeft: "previous", ArrowRight: "next"}[event.key];
  const button = open && way && open.querySelector(`button.${way}`);
  if (button) show(open, button.dataset.show);
});
function show(open, place) {
  open.hidePopover();
  document.getElementById(place).showPopover();
}
