"""Reads TeX: tokens, groups, scripts, rows of an environment. What commands mean is in `commands`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from tutor.text.mathtext import symbols as s
from tutor.text.mathtext.brackets import pair_brackets
from tutor.text.mathtext.nodes import (
    Brace,
    Fence,
    Frac,
    Grid,
    MathError,
    Node,
    Row,
    Script,
    Symbol,
)

_TOKEN = re.compile(r"\\[a-zA-Z]+\*?|\\.|\d+(?:\.\d+)?|%[^\n]*|\s+|.", re.DOTALL)
_STARRED = frozenset({r"\operatorname*", r"\tag*", r"\hspace*"})
_END = ""


def _tokens(tex: str) -> list[str]:
    tokens: list[str] = []
    for token in _TOKEN.findall(tex):
        if token[0] == "%" or (token.isspace() and not _text_follows(tokens)):
            continue
        if token[-1] == "*" and len(token) > 2 and token not in _STARRED:
            tokens += [token[:-1], "*"]
        else:
            tokens.append(" " if token.isspace() else token)
    return tokens


def _text_follows(tokens: list[str]) -> bool:
    """Spaces are kept (for text) everywhere but right after a command, where they only end its name."""
    return bool(tokens) and not (tokens[-1][0] == "\\" and tokens[-1][-1].isalpha())


Command: TypeAlias = Callable[["Parser", str], Node | None]


class Parser:
    """Reads one formula; `commands` are the functions that read what belongs to a command."""

    def __init__(self, tex: str, commands: Mapping[str, Command]) -> None:
        self._commands = commands
        self.tokens = _tokens(tex)
        self.at = 0

    # Reading tokens

    def peek(self) -> str:
        """The next token that is not a space; empty at the end."""
        while self.at < len(self.tokens) and self.tokens[self.at] == " ":
            self.at += 1
        return self.tokens[self.at] if self.at < len(self.tokens) else _END

    def take(self) -> str:
        """Take the next token."""
        token = self.peek()
        self.at += 1
        return token

    def expect(self, token: str) -> None:
        """Take a token that must be there."""
        if self.peek() != token:
            raise MathError(f"expected {token}, found {self.peek() or 'the end of the formula'}")
        self.at += 1

    def raw_group(self) -> str:
        """Take a `{…}` as it is written."""
        self.expect("{")
        depth, start = 1, self.at
        while depth:
            if self.at >= len(self.tokens):
                raise MathError("a { is never closed")
            depth += {"{": 1, "}": -1}.get(self.tokens[self.at], 0)
            self.at += 1
        return "".join(self.tokens[start : self.at - 1])

    # Grammar

    def formula(self) -> Node:
        """Read the whole formula."""
        rows = self.grid_rows(_END)
        if any(len(row) > 1 for row in rows):
            raise MathError("& stands outside of an environment such as aligned")
        return rows[0][0] if len(rows) == 1 else Grid(rows, "l")

    def row(self, *stops: str) -> Node:
        """Read parts up to one of the stop tokens, which is left there."""
        items: list[Node] = []
        while (token := self.peek()) not in stops:
            if token == _END:
                raise MathError(f"{' or '.join(stop for stop in stops if stop)} is missing")
            if token in ("}", "&", r"\\", r"\right", r"\end", r"\middle"):
                raise MathError(f"{token} does not belong here")
            if token in (r"\over", r"\choose"):
                self.at += 1
                above, below = _row(items), self.row(*stops)
                whole = Frac(above, below, token == r"\over")
                return whole if token == r"\over" else Fence("(", ")", (whole,))
            atom = self.atom()
            if atom is not None:
                items.append(self.scripts(atom))
        return _row(items)

    def group(self) -> Node:
        """Read a command's argument: a `{…}`, or a single token."""
        token = self.peek()
        if token == "{":
            self.at += 1
            body = self.row("}")
            self.at += 1
            return body
        if token[:1].isdigit() and len(token) > 1:
            self.tokens[self.at : self.at + 1] = [token[0], token[1:]]
        if token in ("", "}", "&", "^", "_", r"\\"):
            raise MathError(f"an argument is missing before {token or 'the end of the formula'}")
        return self.atom() or Row(())

    def option(self) -> Node | None:
        """Read a `[…]`, if there is one."""
        if self.peek() != "[":
            return None
        self.at += 1
        body = self.row("]")
        self.at += 1
        return body

    def scripts(self, base: Node) -> Node:
        """Read the scripts and primes that follow a base."""
        sub: Node | None = None
        sup: Node | None = None
        limits = isinstance(base, Symbol) and base.limits
        while (token := self.peek()) in ("_", "^", "'", r"\limits", r"\nolimits"):
            self.at += 1
            if token[0] == "\\":
                limits = token == r"\limits"
            elif token == "_":
                if sub is not None:
                    raise MathError("two subscripts on one base")
                sub = self.group()
            else:
                more = Symbol("′") if token == "'" else self.group()
                sup = more if sup is None else _row([sup, more])
        if isinstance(base, Brace) and base.label is None and (sub or sup):
            return Brace(base.body, sub if base.below else sup, base.below)
        return base if sub is None and sup is None else Script(base, sub, sup, limits)

    def atom(self) -> Node | None:
        """Read one part without its scripts; None for a command that shows nothing."""
        token = self.take()
        if token == "{":
            self.at -= 1
            body = self.group()
            braced = isinstance(body, Symbol) and body.kind in ("bin", "rel", "punct")
            return Symbol(body.text) if isinstance(body, Symbol) and braced else body  # as in 1{,}000
        if token[0] == "\\":
            return self.command(token[1:])
        if token in "^_'" and token:
            self.at -= 1
            return Row(())
        if token == ":" and self.peek() == "=":
            return Symbol(":" + self.take(), "rel")
        if token == "~":
            return Symbol(" ", "space")
        return Symbol(*s.SIGNS.get(token, (token, "ord")))

    def command(self, name: str) -> Node | None:
        """Read what belongs to a command; None for one that shows nothing."""
        if name in s.IGNORED:
            return None
        if name == "arg" and self.peek() in (r"\max", r"\min"):
            return Symbol(f"arg {self.take()[1:]}", "fn", limits=True)
        for table, symbol in _SYMBOLS:
            if name in table:
                return symbol(table[name])
        if name in s.FUNCTIONS:
            return Symbol(name, "fn")
        if name in s.SPACES:
            return Symbol(" " * s.SPACES[name], "space")
        if name in self._commands:
            return self._commands[name](self, name)
        raise MathError(f"the command \\{name} is not known")

    # Environments

    def grid_rows(self, stop: str) -> tuple[tuple[Node, ...], ...]:
        """Read cells and rows up to the token `stop`, which is taken."""
        rows: list[tuple[Node, ...]] = []
        cells: list[Node] = []
        while True:
            cells.append(self.row("&", r"\\", r"\cr", stop))
            token = self.take()
            if token == "&":
                continue
            rows.append(tuple(cells))
            cells = []
            if token == stop:
                break
            if self.peek() == "[" and self.tokens[self.at - 1] != " ":
                self.option()  # the extra distance of \\[4pt]
        if len(rows) > 1 and rows[-1] == (Row(()),):
            rows.pop()
        return tuple(rows)


def _row(items: list[Node]) -> Node:
    items = pair_brackets(items)
    return items[0] if len(items) == 1 else Row(tuple(items))


_SYMBOLS: tuple[tuple[dict[str, str], Callable[[str], Symbol]], ...] = (
    (s.ORDINARY, lambda text: Symbol(text)),
    (s.BINARY, lambda text: Symbol(text, "bin")),
    (s.RELATIONS, lambda text: Symbol(text, "rel")),
    (s.OPENING, lambda text: Symbol(text, "open")),
    (s.CLOSING, lambda text: Symbol(text, "close")),
    (s.BIG, lambda text: Symbol(text, "big", limits=True)),
    (s.INTEGRALS, lambda text: Symbol(text, "big")),
    (s.LIMITS, lambda text: Symbol(text, "fn", limits=True)),
    ({"|": "‖"}, lambda text: Symbol(text)),
)
