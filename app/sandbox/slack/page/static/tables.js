// Sorting, filtering and paging of data_table blocks. Without this script all rows are shown.
(() => {
  const setUp = (table) => {
    if (table.dataset.ready) return;
    table.dataset.ready = "1";
    const size = Number(table.dataset.pageSize) || 5;
    const body = table.querySelector("tbody");
    const all = [...body.rows];
    const pager = table.querySelector(".pager");
    const [back, where, on] = [".prev", ".where", ".next"].map((s) => pager.querySelector(s));
    let rows = all, page = 0, sorted = { column: -1, up: true };

    const draw = () => {
      const pages = Math.max(1, Math.ceil(rows.length / size));
      page = Math.min(page, pages - 1);
      body.replaceChildren(...rows.slice(page * size, (page + 1) * size));
      pager.hidden = pages === 1;
      const first = rows.length ? page * size + 1 : 0;
      where.textContent = `${first}–${Math.min(rows.length, (page + 1) * size)} of ${rows.length}`;
      back.disabled = page === 0;
      on.disabled = page >= pages - 1;
    };
    const key = (row, column) => {
      const cell = row.cells[column];
      return cell.dataset.value !== undefined ? Number(cell.dataset.value) : cell.textContent.trim().toLowerCase();
    };
    const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true }));
    const sort = () => {
      if (sorted.column < 0) return;
      const sign = sorted.up ? 1 : -1;
      rows = [...rows].sort((a, b) => sign * compare(key(a, sorted.column), key(b, sorted.column)));
    };
    back.addEventListener("click", () => { page -= 1; draw(); });
    on.addEventListener("click", () => { page += 1; draw(); });
    table.querySelectorAll(".sort").forEach((button) => button.addEventListener("click", () => {
      const column = Number(button.dataset.column);
      sorted = { column, up: sorted.column === column ? !sorted.up : true };
      table.querySelectorAll("thead th").forEach((th, index) => {
        if (index === column) th.setAttribute("aria-sort", sorted.up ? "ascending" : "descending");
        else th.removeAttribute("aria-sort");
      });
      sort(); page = 0; draw();
    }));
    table.querySelector(".filter")?.addEventListener("input", (event) => {
      const wanted = event.target.value.trim().toLowerCase();
      rows = all.filter((row) => row.textContent.toLowerCase().includes(wanted));
      sort(); page = 0; draw();
    });
    draw();
  };
  const setUpAll = () => document.querySelectorAll(".data-table").forEach(setUp);
  document.addEventListener("DOMContentLoaded", setUpAll);
  new MutationObserver(setUpAll).observe(document.documentElement, { childList: true, subtree: true });
})();
