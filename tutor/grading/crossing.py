"""Autograd across the process border: `y.sum().backward()` here runs the graph that lies over there.

A tensor that requires a gradient arrives as the output of a `Crossing`, whose inputs are the tensors it depends on that
both sides know (its roots: leaves, and results that crossed before). The backward pass asks the other side for a
vector-Jacobian product; with `create_graph` the product arrives with a history of its own, so second derivatives work.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import torch
from torch.autograd.graph import GradientEdge, get_gradient_edge

from tutor.grading.codec import CodecError
from tutor.grading.decoder import Decoder
from tutor.grading.encoder import Encoder
from tutor.grading.twins import Twin, Twins

Vjp = Callable[[int, torch.Tensor, tuple[bool, ...]], "tuple[torch.Tensor | None, ...]"]


@dataclass(slots=True, eq=False, weakref_slot=True)
class Link:
    """This side's end of one crossing; when it dies the other side may free its graph."""

    id: int
    vjp: Vjp
    value: torch.Tensor | None = None


class Crossing(torch.autograd.Function):
    """Makes a received tensor depend on the roots it had on the other side."""

    @staticmethod
    def forward(ctx: Any, link: Link, *_roots: torch.Tensor) -> torch.Tensor:  # noqa: ANN401  torch gives it no type
        """Return the received value."""
        ctx.link = link
        value, link.value = link.value, None
        assert value is not None
        return value

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> Any:  # noqa: ANN401  a tuple of optional tensors
        """Ask the other side for the gradients of the roots."""
        link = cast(Link, ctx.link)
        if not grads[0].requires_grad and not grads[0].any():  # behind a cut: not worth a message
            return (None,) * len(ctx.needs_input_grad)
        return (None, *link.vjp(link.id, grads[0], tuple(ctx.needs_input_grad[1:])))


@dataclass(slots=True, eq=False)
class Hold:
    """A tensor whose graph the other side may still ask for."""

    tensor: torch.Tensor
    edge: GradientEdge
    roots: tuple[GradientEdge, ...]


@dataclass(slots=True, eq=False)
class Graphs:
    """The autograd graphs that one side keeps for the other."""

    twins: Twins
    vjp: Vjp
    holds: dict[int, Hold] = field(default_factory=dict)
    edges: dict[tuple[int, int], int] = field(default_factory=dict)
    """(node, output number) → id of a held tensor, so that a later graph's walk stops there."""
    released: list[int] = field(default_factory=list)
    running: list[object] = field(default_factory=list)
    """The products under way; one may ask the other side, which asks this one again."""

    def write(self, e: Encoder, twin: Twin, t: torch.Tensor) -> None:
        """Write what `t` depends on and keep its graph under a new id."""
        edge = get_gradient_edge(t)
        roots = self._roots(edge)
        number = self.twins.new_id()
        self.holds[number] = Hold(t, edge, tuple(r for _, r in roots))
        self.edges[id(edge.node), edge.output_nr] = twin.id
        twin.node = edge.node
        e.count(number)
        e.count(len(roots))
        for root, _ in roots:
            if isinstance(root, int):
                e.tag(b"@")
                e.count(root)
            else:
                e.value(root)

    def read(self, d: Decoder, value: torch.Tensor) -> torch.Tensor:
        """Read what a received tensor depends on; gives it as the output of a crossing."""
        link = Link(d.count(), self.vjp, value)
        roots = [d.value() for _ in range(d.count())]
        if not all(isinstance(r, torch.Tensor) for r in roots):
            raise CodecError("a gradient may only flow into tensors")
        weakref.finalize(link, self.released.append, link.id).atexit = False
        with torch.enable_grad():
            return cast(torch.Tensor, Crossing.apply(link, *roots))  # type: ignore[no-untyped-call]

    def rebase(self, d: Decoder, twin: Twin, t: torch.Tensor, new: torch.Tensor) -> None:
        """Apply an in-place change that autograd recorded on the other side."""
        with torch.enable_grad():
            t.copy_(self.read(d, new))
        twin.node = t.grad_fn

    def moved(self, twin: Twin, t: torch.Tensor) -> bool:
        """Tell whether autograd recorded an in-place change since the last turn."""
        return t.requires_grad and t.grad_fn is not None and t.grad_fn is not twin.node and not t._is_view()

    def _roots(self, start: GradientEdge) -> list[tuple[torch.Tensor | int, GradientEdge]]:
        found: list[tuple[torch.Tensor | int, GradientEdge]] = []
        seen: set[tuple[int, int]] = set()
        stack = [(start.node, start.output_nr)]
        keep = []
        while stack:
            node, number = stack.pop()
            keep.append(node)  # else its id could be used again during the walk
            key = (id(node), number)
            if key in seen:
                continue
            seen.add(key)
            known = self.edges.get(key) if node is not start.node else None
            if hasattr(node, "variable"):
                found.append((node.variable, GradientEdge(node, number)))
            elif known is not None and known in self.twins.by_id:
                found.append((known, GradientEdge(node, number)))
            elif isinstance(getattr(node, "link", None), Link) and (twin := self._arrived(node)) is not None:
                found.append((twin, GradientEdge(node, number)))
            else:
                stack.extend((child, output) for child, output in node.next_functions if child is not None)
        return found

    def _arrived(self, node: object) -> int | None:
        for twin in self.twins.by_id.values():
            if twin.node is node:
                return twin.id
        return None

    def product(self, number: int, grad: torch.Tensor, needed: tuple[bool, ...]) -> tuple[torch.Tensor | None, ...]:
        """Compute the vector-Jacobian product of a held tensor with respect to the roots that are needed."""
        hold = self.holds.get(number)
        if hold is None or len(needed) != len(hold.roots):
            raise CodecError("a gradient of something that is not there")
        wanted = [edge for edge, need in zip(hold.roots, needed, strict=True) if need]
        if not wanted:
            return (None,) * len(needed)
        with self._cut(hold.roots):
            found = torch.autograd.grad(
                [hold.edge], wanted, [grad], retain_graph=True, create_graph=torch.is_grad_enabled(), allow_unused=True
            )
        grads = iter(found)
        return tuple(next(grads) if need else None for need in needed)

    @contextmanager
    def _cut(self, roots: tuple[GradientEdge, ...]) -> Iterator[None]:
        """Let no gradient flow on behind a root: the other side knows its history and would count it a second time."""
        turn = object()

        def stop(number: int) -> Callable[[tuple[torch.Tensor | None, ...]], tuple[torch.Tensor | None, ...]]:
            def hook(grads: tuple[torch.Tensor | None, ...]) -> tuple[torch.Tensor | None, ...]:
                if self.running[-1] is not turn:  # another product passes here on its way
                    return grads
                return tuple(torch.zeros_like(g) if i == number and g is not None else g for i, g in enumerate(grads))

            return hook

        inner = [edge for edge in roots if len(roots) > 1 and not hasattr(edge.node, "variable")]
        hooks = [edge.node.register_prehook(stop(edge.output_nr)) for edge in inner]
        self.running.append(turn)
        try:
            yield
        finally:
            self.running.pop()
            for handle in hooks:
                handle.remove()

    def release(self, number: int) -> None:
        """Free the graph of a tensor that the other side has let go."""
        hold = self.holds.pop(number, None)
        if hold is not None:
            self.edges.pop((id(hold.edge.node), hold.edge.output_nr), None)
