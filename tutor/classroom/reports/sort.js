for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending", sign = up ? 1 : -1;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const text = (row) => row.cells[column].textContent.trim().replace("–", "-1");
      const order = (a, b) => sign * text(a).localeCompare(text(b), undefined, { numeric: true });
      const number = (a, b) => sign * (parseFloat(text(a)) - parseFloat(text(b)));
      body.append(...[...body.rows].sort(head.classList.contains("n") ? number : order));
    });
  });
}
