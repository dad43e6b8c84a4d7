"use strict";
(() => {
  const table = document.getElementById("findings");
  const rows = () => [...table.querySelectorAll("tbody.finding")];
  const filter = document.getElementById("filter");
  const wrong = document.getElementById("wrong");
  const count = document.getElementById("count");

  function show() {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows()) {
      const right = Number(row.dataset.severity) < 2;
      row.hidden = (wrong.checked && right) || !words.every((word) => row.dataset.search.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = `${shown} of ${rows().length} shown`;
  }

  function value(row, column, kind) {
    const cell = row.rows[0].cells[column];
    if (kind === "text") return cell.textContent.trim();
    return cell.dataset.value === undefined ? -Infinity : Number(cell.dataset.value);
  }

  function sort(button) {
    const down = button.dataset.order !== "down";
    for (const other of table.querySelectorAll("th button")) delete other.dataset.order;
    button.dataset.order = down ? "down" : "up";
    const { column, kind } = button.dataset;
    const sorted = rows().sort((a, b) => {
      const [first, second] = [value(a, column, kind), value(b, column, kind)];
      const order = kind === "text" ? second.localeCompare(first, undefined, { numeric: true }) : first - second;
      return down ? -order : order;
    });
    table.append(...sorted);
  }

  table.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (!button.classList.contains("more")) return sort(button);
    const detail = document.getElementById(button.getAttribute("aria-controls"));
    detail.hidden = !detail.hidden;
    button.setAttribute("aria-expanded", String(!detail.hidden));
  });
  document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  filter.addEventListener("input", show);
  wrong.addEventListener("change", show);
  show();
})();
