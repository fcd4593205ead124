"""Checks of clean-tokenize: drawn texts against a walk from character to character, and sentences worth knowing."""

from __future__ import annotations

import string

from tutor.checks import draws, equal, raises, same

MACHINE = """The Time Machine, by H. G. Wells [1898]


I


The Time Traveller (for so it will be convenient to speak of him)
was expounding a recondite matter to us. His grey eyes shone and
twinkled, and his usually pale face was flushed and animated.  The
"""
"""How the novel begins, with its empty lines."""

PAIRS = (
    ("Go.\u202f!", "go . !"),
    ("Va !", "va !"),
    ("Va\u202f!", "va !"),
    ("Ça va\xa0?\u202f!", "ça va ? !"),
    ("Wait... what?!", "wait . . . what ? !"),
    ("À L'ÉTÉ, Zoë!", "à l'été , zoë !"),
    (".", "."),
    ("!? a", "! ? a"),
    ("a , b", "a , b"),
    (" ? a ", " ? a "),
    ("a  . b", "a  . b"),
    ("3.5; x: y", "3 .5; x: y"),
    ("STRASSE, Straße.", "strasse , straße ."),
    ("", ""),
)


def clean_lines(text):
    """Letter by letter: a gap between two letters is one space, however long it is."""
    lines = []
    for line in text.splitlines():
        kept, gap = "", False
        for char in line:
            if char not in string.ascii_letters:
                gap = True
                continue
            kept += " " * (gap and kept != "") + char
            gap = False
        lines.append(kept.lower())
    return lines


def normalize_nmt(text):
    out = ""
    for char in text:
        char = " " if char in "\xa0\u202f" else char.lower()
        out += " " * (char in ",.!?" and out != "" and out[-1] != " ") + char
    return out


def tokenize(lines, level="word"):
    return [line.split() if level == "word" else [*line] for line in lines]


def text(draw, alphabet, length):
    """Characters drawn from an alphabet in which some stand more than once."""
    return "".join(alphabet[i] for i in draw.labels(length, len(alphabet)))


def test_the_time_machine(mine):
    """Cleans the beginning of The Time Machine: ten lines, the empty ones among them."""
    same(mine.clean_lines, clean_lines, MACHINE)


@draws(12)
def test_clean_lines(mine, draw):
    """Keeps letters only: digits, signs, tabs and accented letters between them become one space together."""
    same(mine.clean_lines, clean_lines, text(draw, "abXYZz  \n.,-'3\té", 3 + 4 * draw.index))


def test_lines_without_letters(mine):
    """An empty text has no lines; a line without letters stays, as an empty text."""
    for given in ("", "\n", "1898\nI\n\n--\nII", "  a\n b  \n", "one\r\ntwo\r\n"):
        same(mine.clean_lines, clean_lines, given)


def test_ends_of_lines(mine):
    """A line ends wherever str.splitlines ends it: behind a carriage return and a form feed, too."""
    for given in ("one\rtwo\r", "I\x0cII\n", "a\r\n\r\nb\x0c\n"):
        same(mine.clean_lines, clean_lines, given)


@draws(len(PAIRS))
def test_sentences(mine, draw):
    """Spaces out the punctuation of sentences worth knowing, French ones among them."""
    given, expected = PAIRS[draw.index]
    equal(mine.normalize_nmt(given), expected, "normalize_nmt", input={"text": given})


@draws(12)
def test_normalize_nmt(mine, draw):
    """Any mixture of letters, spaces of three kinds and punctuation comes out as it should."""
    same(mine.normalize_nmt, normalize_nmt, text(draw, "abÉZ ,.!?;-' \xa0\u202f", 2 + 3 * draw.index))


@draws(8)
def test_words(mine, draw):
    """Level "word", the default, cuts each line at white space; an empty line gives an empty list."""
    lines = [text(draw, "abc  .\t", length) for length in (4, 0, 2 + draw.index)]
    level = draw.pick(("word",), ())
    same(mine.tokenize, tokenize, lines, *level)


@draws(6)
def test_characters(mine, draw):
    """Level "char" makes every character a token: spaces inside a line, too."""
    lines = [text(draw, "abc  é!", length) for length in (3, 0, 2 + draw.index)]
    same(mine.tokenize, tokenize, lines, "char")


def test_no_lines(mine):
    """No lines give no lists of tokens."""
    for level in ("word", "char"):
        same(mine.tokenize, tokenize, [], level)


def test_other_levels(mine):
    """A level that does not exist raises ValueError, also when there is nothing to cut."""
    for lines in (["a b"], []):
        for level in ("words", "character", "", "Word", "c"):
            raises(ValueError, mine.tokenize, lines, level, because='there are "word" and "char"')


def test_one_after_the_other(mine):
    """Cleaned lines go into tokenize as they are."""
    lines = mine.clean_lines(MACHINE)
    words = [word for line in mine.tokenize(lines) for word in line]
    equal(words, " ".join(clean_lines(MACHINE)).split(), "the words of the excerpt")
