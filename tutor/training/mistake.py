"""Puts a known mistake of the course in the place of one function, for "break it". Runs in the training process.

`tutor.checks` as a package imports torch and pytest, 1.4 s of waiting for nothing: its reader of variants
is loaded by its path, and the variants' own import of the decorators, which they no longer need, is left out.
"""

from __future__ import annotations

import ast
from pathlib import Path
from types import ModuleType

from tutor.training.job import Source


def with_mistake(solution: ModuleType, source: Source) -> ModuleType:
    """The solution's module after the rejected variant's definition was run inside it: its other functions call it."""
    file = _reader().read_variants(Path(source.variants))
    tree = file.definitions(file.named(source.variant))
    tree.body = [node for node in tree.body if not (isinstance(node, ast.ImportFrom) and node.module == "tutor.checks")]
    exec(compile(tree, source.variants, "exec", dont_inherit=True), solution.__dict__)
    return solution


def _reader() -> ModuleType:
    from tutor.training.sources import run_file

    path = Path(__file__).resolve().parents[1] / "checks" / "variants.py"
    return run_file(path, "tutor_checks_variants")
