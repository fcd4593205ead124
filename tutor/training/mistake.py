"""Puts a known mistake of the course in the place of one function, for "break it". Runs in the training process."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from tutor.training.job import Source


def with_mistake(solution: ModuleType, source: Source) -> ModuleType:
    """The solution's module after the rejected variant's definition was run inside it: its other functions call it."""
    from tutor.checks.variants import read_variants

    file = read_variants(Path(source.variants))
    tree = file.definitions(file.named(source.variant))
    exec(compile(tree, source.variants, "exec", dont_inherit=True), solution.__dict__)
    return solution
