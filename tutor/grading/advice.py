"""What a learner reads when a generic mistake was recognised, in one place, where it can be collected for translation.

Each text says what was seen and where to look, never how to write the line. Names and texts are templates for
`str.format`; the recognisers in `generic`, `numeric` and `shapes` fill in the facts.
"""

from __future__ import annotations

from tutor.model import Diagnosis


def advise(name: str, /, **facts: object) -> Diagnosis:
    """The diagnosis of that name (a key of `ADVICE`), with its facts filled in."""
    return Diagnosis(name.format(**facts), ADVICE[name].format(**facts), generic=True)


_PLAIN_NUMBER = "The number is wrapped in an array (or has a NumPy type). Unwrap it with float(…) or .item()."

ADVICE: dict[str, str] = {
    # type
    "returned None": "Your function returned None. Does every path through it end with `return` and a value?",
    "not a plain number": _PLAIN_NUMBER,
    "one-element array": _PLAIN_NUMBER,
    "not reduced to a number": (
        "One number was expected and an array came back: the last step is missing, a sum or a mean over all elements."
    ),
    "one value of several": "Return {count} values, separated by commas, in the order of the task.",
    # dtype
    "promoted to float64": (
        "{wanted} came in and float64 went out. A float64 array or NumPy number somewhere in the formula "
        "promotes the result: create arrays with the dtype of the input, and keep constants as Python numbers."
    ),
    "digits lost": "The result has become {ours}: half of the digits are gone. Keep the dtype of the input.",
    "truth values": "A comparison gives True and False; {wanted} numbers were asked for. Convert them.",
    "wrong dtype": "The numbers are stored as {ours}, {wanted} was asked for. Convert them.",
    # shape
    "transposed": "Your result is the transpose of the right one: rows and columns are exchanged.",
    "transposed shape": "The last two axes have exchanged their sizes: rows and columns are mixed up.",
    "broadcast shape": (
        "({n}, 1) and ({n},) were combined: broadcasting makes a ({n}, {n}) table, every row with every other "
        "one. Give both the same shape first."
    ),
    "one-element array for a 0-d one": "One number was expected, not an array that holds one: reduce all axes.",
    "an axis too many": "An axis of length 1 is left over: keepdims=True, or a None too much in an index.",
    "an axis lost": "An axis of length 1 is missing: keepdims=True, or a slice x[0:1] instead of x[0], keeps it.",
    "wrong axis reduced": "You reduced axis {done} of {name}; axis {asked} was to go.",
    "reduced over everything": "You reduced all axes of {name}; only axis {asked} was to go.",
    "not reduced": "The result still has the shape of {name}: axis {asked} was to be reduced.",
    "one too many": "There is one element too many along axis {axis}: check where the range begins and ends.",
    "one too few": "There is one element too few along axis {axis}: check where the range begins and ends.",
    # numbers
    "NaN where a number is due": (
        "NaN came out where the answer is finite: 0/0, inf - inf or 0 · inf on the way. Often an exponential "
        "overflowed first, or log 0 was multiplied by 0. Rearrange the formula so that nothing overflows."
    ),
    "infinite where a number is due": (
        "inf came out where the answer is finite: an exponential or a power overflowed, or something was "
        "divided by 0 (log 0 is -inf). Rearrange the formula so that nothing overflows."
    ),
    "all zeros": "Everything you returned is 0: was the result computed, but into something else?",
    "sign flipped": "Every number has the wrong sign.",
    "twice": "Every number is twice the right one: look for a factor 2 too much, or a 1/2 that is missing.",
    "half": "Every number is half of the right one: look for a factor 2 that is missing, or a 1/2 too much.",
    "minus twice": "Every number is -2 times the right one: the sign is flipped, and there is a factor 2.",
    "minus half": "Every number is -1/2 times the right one: the sign is flipped, and a factor 2 is missing.",
    "base 2": "Every number is 1/ln 2 = 1.4427 times the right one: log2 instead of the natural logarithm.",
    "base 10": "Every number is 1/ln 10 = 0.4343 times the right one: log10 instead of the natural logarithm.",
    "summed over {what}": (
        "Every number is {n} times too large, and {n} is the number of {what}: summed instead of averaged?{sign}"
    ),
    "averaged over {what}": (
        "Every number is {n} times too small, and {n} is the number of {what}: averaged instead of summed, or "
        "averaged twice?{sign}"
    ),
    "root of {what} missing": (
        "Every number is √{n} times too large, and {n} is the number of {what}: a division by the root is "
        "missing.{sign}"
    ),
    "over the root of {what}": (
        "Every number is √{n} times too small, and {n} is the number of {what}: divided by the root once too "
        "often?{sign}"
    ),
    "constant factor": "Every number is {ratio} times the right one: a constant factor is missing or too much.",
    "late by one": "Your numbers are right but one {place} too late: off by one along axis {axis}.",
    "early by one": "Your numbers are right but one {place} too early: off by one along axis {axis}.",
    "reversed": "Your numbers are right but in reverse order along axis {axis}.",
    "wrong axis": (
        "Along axis {asked} each slice should have the same {what}; yours has it along axis {done}: the "
        "computation ran along the wrong axis."
    ),
    "off by one": "Every number is {direction} by exactly 1.",
    "constant offset": "Every number is {direction} by {offset}: something constant was added, or left out.",
    "the same number everywhere": (
        "Every element of your result is the same number: one sum, mean or maximum over everything, where each "
        "row (or column) needs its own."
    ),
    # the rest
    "gradient wrong, values right": (
        "The values are right, but their gradient with respect to {name} is not: something on the way was "
        "detached, rounded, changed in place, or replaced by numbers that autograd cannot follow."
    ),
    "values wrong, gradient right": (
        "The gradient is right and the values are not: something constant was added, or left out."
    ),
    "detached graph": (
        "The result is cut off from its inputs, so nothing upstream can learn: look for .detach(), .data, "
        ".item(), .numpy(), torch.tensor(…) around a tensor, or a computation under torch.no_grad()."
    ),
    "changed in place": (
        "You changed the caller's data. Look for `+=`, `-=`, `*=`, an assignment to `x[…]`, or a method that "
        "ends in `_` or sorts in place, and work on a new array."
    ),
    "shares memory": "You returned the caller's own memory, or a view of it. Return a new array: copy it once.",
    "not repeatable": (
        "Two equal calls gave different results: a random number without the given generator, or something that "
        "is kept between calls, such as a global variable or a mutable default argument."
    ),
    "global random numbers": (
        "Take every random number from the generator that is passed in, so that a seed repeats it."
    ),
}
"""Name → what the learner reads."""

GRADIENT_ONLY = "The values are right, the gradient of {name} is not. "
"""Before the advice on the numbers of a gradient."""

GRADIENT_RIGHT = " The gradient is right, so look for something that a derivative does not see."
"""After the advice on wrong values whose gradient is right: a constant that was added, a wrong value only."""

REST_RIGHT = " The other returned values are right."
"""After the advice on one wrong value of several."""
