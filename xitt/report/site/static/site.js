// Tables sort by a click on a head, predictions are filtered; without it both are plain.
const number = (text) => {
  const found = text.replace(/,/g, "").replace(/\u2212/g, "-").match(/^[*\s]*([+-]?[\d.]+)/);
  return found ? Number(found[1]) : NaN;
};
const shown = (row, at) => {
  const cell = row.cells[at];
  return cell ? (cell.querySelector("summary") || cell).textContent.trim() : "";
};

function sort(table, head, at) {
  const down = head.getAttribute("aria-sort") === "ascending";
  table.querySelectorAll("th[aria-sort]").forEach((th) => th.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const body = table.tBodies[0];
  const order = [...body.rows].sort((one, other) => {
    const [a, b] = [shown(one, at), shown(other, at)];
    const [x, y] = [number(a), number(b)];
    if (isNaN(x) !== isNaN(y)) return isNaN(x) ? 1 : -1; // what was not measured, last
    const less = isNaN(x) ? a.localeCompare(b) : x - y;
    return down ? -less : less;
  });
  body.append(...order);
}

document.querySelectorAll("table.sortable").forEach((table) => {
  const heads = table.tHead ? [...table.tHead.rows] : [];
  if (heads.length !== 1 || table.querySelector("[colspan]:not([colspan='1']), [rowspan]"))
    return;
  [...heads[0].cells].forEach((head, at) => {
    if (!head.textContent.trim()) return;
    const button = document.createElement("button");
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(table, head, at));
    head.append(button);
  });
});

document.querySelectorAll("fieldset.filter").forEach((filter) => {
  filter.hidden = false;
  filter.addEventListener("change", (event) => {
    document.querySelectorAll("tr[data-kind]").forEach((row) => {
      const wanted = event.target.value;
      row.hidden = wanted && !row.dataset.kind.split(" ").includes(wanted);
    });
  });
});

// A page that is a file may not read another one, to quote from what was found.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

// Who closes a menu of a narrow page goes on from the button that opened it.
["primary", "secondary"].forEach((side) => {
  const menu = document.getElementById(`pst-${side}-sidebar-modal`);
  const button = document.querySelector(`.${side}-toggle`);
  if (menu && button) menu.addEventListener("close", () => button.focus());
});
