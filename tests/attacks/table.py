"""The table of attacks in SECURITY.md, made from their front data: `python tests/attacks/table.py --write`."""

from __future__ import annotations

import importlib
import sys
from itertools import groupby
from pathlib import Path

PAGE = Path(__file__).parents[2] / "SECURITY.md"
_HEAD = ("| attack | what it does | what stops it |", "|---|---|---|")
BEGIN, END = "<!-- attacks: made by tests/attacks/table.py -->", "<!-- end of attacks -->"


def table() -> str:
    """Give the table of all attacks, a part for each category."""
    attack = sys.modules.get("attacks_attack") or importlib.import_module("attack")  # of the tests, or beside this file
    found = [*attack.submissions(), *attack.archives()]
    lines = [f"{len(found)} attacks.", ""]
    for category, attacks in groupby(found, lambda one: one.category):
        lines += [f"### {attack.CATEGORIES[category]}", "", *_HEAD]
        lines += [f"| `{one.path.stem}` | {_cell(one.tries)} | {_cell(one.stopped_by)} |" for one in attacks]
        lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def page(text: str) -> str:
    """Put the table into the page."""
    head, _, rest = text.partition(BEGIN)
    return f"{head}{BEGIN}\n\n{table()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    text = page(PAGE.read_text("utf-8"))
    if "--write" in sys.argv:
        PAGE.write_text(text, "utf-8")
    else:
        sys.stdout.write(table())
