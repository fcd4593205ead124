"""Other right ways to clean and to tokenise, and the mistakes that people make."""

from __future__ import annotations

import re
import string

from tutor.checks import accept, reject


def spaced(text):
    """normalize_nmt without its first step."""
    return re.sub("(?<=[^ ])[,.!?]", r" \g<0>", text)


@accept("words of letters, joined by spaces")
def clean_lines(text):
    return [" ".join(re.findall("[a-z]+", line, re.ASCII)) for line in _lowered(text).splitlines()]


def _lowered(text):
    return "".join(c.lower() if c in string.ascii_uppercase else c for c in text)


@accept("a table of characters, then split and join")
def clean_lines(text):
    return [
        " ".join("".join(c if c in string.ascii_letters else " " for c in s).split()).lower() for s in text.splitlines()
    ]


@accept("looks at the character before")
def normalize_nmt(text):
    text = text.lower().replace("\xa0", " ").replace("\u202f", " ")
    marks = set(",.!?")
    return "".join(
        " " + char if i > 0 and char in marks and text[i - 1] != " " else char for i, char in enumerate(text)
    )


@accept("str.translate, and a group instead of a look behind")
def normalize_nmt(text):
    text = text.translate({0xA0: " ", 0x202F: " "}).lower()
    while re.search("[^ ][,.!?]", text):
        text = re.sub("([^ ])([,.!?])", r"\1 \2", text)
    return text


@accept("a dictionary of functions")
def tokenize(lines, level="word"):
    cut = {"word": str.split, "char": list}
    if level not in cut:
        raise ValueError(level)
    return list(map(cut[level], lines))


@reject(
    "one space for each character",
    "Several characters in a row that are no letters become ONE space: the pattern needs a + behind its bracket.",
)
def clean_lines(text):
    return [re.sub("[^A-Za-z]", " ", line).strip().lower() for line in text.splitlines()]


@reject("keeps digits", "Digits are no letters: 1898 becomes a space, like every other sign. (\\w includes digits.)")
def clean_lines(text):
    return [re.sub("[^A-Za-z0-9]+", " ", line).strip().lower() for line in text.splitlines()]


@reject(
    "keeps accented letters",
    "Only the 26 letters a–z and their capitals stay; str.isalpha and \\w let letters such as é through as well.",
)
def clean_lines(text):
    letters = ("".join(c if c.isalpha() else " " for c in line) for line in text.splitlines())
    return [" ".join(line.split()).lower() for line in letters]


@reject(
    "strips before it replaces",
    "A line such as '--- I ---' gets its outer spaces from the replacement. Strip afterwards.",
)
def clean_lines(text):
    return [re.sub("[^A-Za-z]+", " ", line.strip()).lower() for line in text.splitlines()]


@reject(
    "drops lines without letters", 'A line without letters stays in the list, as "": who wants it out filters later.'
)
def clean_lines(text):
    lines = [re.sub("[^A-Za-z]+", " ", line).strip().lower() for line in text.splitlines()]
    return [line for line in lines if line]


@reject("capitals stay", "Lower the case: The and the must not become two tokens.")
def clean_lines(text):
    return [re.sub("[^A-Za-z]+", " ", line).strip() for line in text.splitlines()]


@reject(
    "capitals thrown away",
    "The capitals are gone: [^a-z] matches T as well. Lower the case first, or name A-Z in the pattern.",
)
def clean_lines(text):
    return [re.sub("[^a-z]+", " ", line).strip().lower() for line in text.splitlines()]


@reject("removes instead of replacing", "Words ran together: replace what is no letter by a space, not by nothing.")
def clean_lines(text):
    return [re.sub("[^A-Za-z ]+", "", line).strip().lower() for line in text.splitlines()]


@reject(
    "split at newlines",
    'An empty text has no lines, and the newline that ends the last line begins no other one: use text.splitlines(), not split("\\n").',
)
def clean_lines(text):
    return [re.sub("[^A-Za-z]+", " ", line).strip().lower() for line in text.split("\n")]


@reject(
    "split at newlines, the empty end dropped",
    "A line may end with a carriage return or a form feed as well: text.splitlines() knows all the ends of lines.",
)
def clean_lines(text):
    lines = text.split("\n")
    lines = lines[:-1] if lines[-1] == "" else lines
    return [re.sub("[^A-Za-z]+", " ", line).strip().lower() for line in lines]


@reject("one text for all lines", "Return a list with one entry for each line; your lines were run together.")
def clean_lines(text):
    return [re.sub("[^A-Za-z]+", " ", text).strip().lower()]


@reject(
    "only replaces \\xa0",
    "French text also uses the narrow no-break space, \\u202f: replace both.",
)
def normalize_nmt(text):
    return spaced(text.replace("\xa0", " ").lower())


@reject("only replaces \\u202f", "Replace the ordinary no-break space, \\xa0, as well.")
def normalize_nmt(text):
    return spaced(text.replace("\u202f", " ").lower())


@reject("no-break spaces are deleted", "A no-break space is a space: replace it by an ordinary one, do not drop it.")
def normalize_nmt(text):
    return spaced(text.replace("\u202f", "").replace("\xa0", "").lower())


@reject(
    "looks for the space before it is one",
    "You put the spaces in before the no-break spaces became ordinary ones, so there are two now. Replace those first.",
)
def normalize_nmt(text):
    return spaced(text.lower()).replace("\u202f", " ").replace("\xa0", " ")


@reject(
    "punctuation removed in normalize_nmt",
    "Punctuation is a token of its own, a translation needs it: put a space before it, and keep it.",
)
def normalize_nmt(text):
    return re.sub("[,.!?]", "", text.replace("\u202f", " ").replace("\xa0", " ").lower())


@reject("adds a second space", "Put a space in only where the character before is not a space already.")
def normalize_nmt(text):
    return re.sub("(?<!^)[,.!?]", r" \g<0>", text.replace("\u202f", " ").replace("\xa0", " ").lower())


@reject(
    "a space before the first character",
    "Nothing stands before the first character: a mark at the very beginning gets no space.",
)
def normalize_nmt(text):
    return re.sub("(?<! )[,.!?]", r" \g<0>", text.replace("\u202f", " ").replace("\xa0", " ").lower())


@reject("a run of marks kept together", 'Each mark is a token: "..." becomes ". . .", and "?!" becomes "? !".')
def normalize_nmt(text):
    return re.sub("(?<=[^ ,.!?])[,.!?]", r" \g<0>", text.replace("\u202f", " ").replace("\xa0", " ").lower())


@reject(
    "every other mark of a run",
    "Your pattern eats the character before the mark, so of two marks in a row one is missed.",
)
def normalize_nmt(text):
    return re.sub("([^ ])([,.!?])", r"\1 \2", text.replace("\u202f", " ").replace("\xa0", " ").lower())


@reject(
    "all punctuation", "Only , . ! and ? get a space; semicolons, colons, apostrophes and hyphens stay as they are."
)
def normalize_nmt(text):
    return re.sub("(?<=[^ ])[,.!?;:'-]", r" \g<0>", text.replace("\u202f", " ").replace("\xa0", " ").lower())


@reject("a space behind the mark, too", "The space goes before the mark only: what follows it stays as it was.")
def normalize_nmt(text):
    text = re.sub("(?<=[^ ])[,.!?]", r" \g<0>", text.replace("\u202f", " ").replace("\xa0", " ").lower())
    return re.sub("([,.!?])(?=[^ ])", r"\1 ", text)


@reject("capitals stay in normalize_nmt", "Lower the case: Go and go must not become two tokens.")
def normalize_nmt(text):
    return spaced(text.replace("\u202f", " ").replace("\xa0", " "))


@reject("casefold", "str.casefold turns ß into ss: another spelling. str.lower only lowers the case.")
def normalize_nmt(text):
    return spaced(text.replace("\u202f", " ").replace("\xa0", " ").casefold())


@reject(
    "accents taken off", "An accent tells words apart: à and a are two. Lower the case and leave the letters alone."
)
def normalize_nmt(text):
    return spaced(text.replace("\u202f", " ").replace("\xa0", " ").lower()).encode("ascii", "ignore").decode()


@reject(
    "white space tidied up", "Leave the other spaces as they are: nothing is stripped and no two spaces become one."
)
def normalize_nmt(text):
    return " ".join(spaced(text.replace("\u202f", " ").replace("\xa0", " ").lower()).split())


@reject(
    "spaces at the beginning taken off",
    "lstrip takes off spaces that stood in the text. Put none before a mark at the very beginning, and strip nothing.",
)
def normalize_nmt(text):
    return re.sub("(?<! )[,.!?]", r" \g<0>", text.replace("\u202f", " ").replace("\xa0", " ").lower()).lstrip()


@reject("tokens across lines joined", "One list of tokens for each line: you returned one list for all.")
def tokenize(lines, level="word"):
    _check(level)
    return [token for line in lines for token in (line.split() if level == "word" else line)]


def _check(level):
    if level not in ("word", "char"):
        raise ValueError(level)


@reject(
    'split(" ")',
    "Two spaces in a row gave an empty word, and so did the empty line. line.split() without an argument cuts at runs of white space.",
)
def tokenize(lines, level="word"):
    _check(level)
    return [line.split(" ") if level == "word" else list(line) for line in lines]


@reject(
    "spaces dropped between characters",
    "At level char the space is a character like any other: without it nobody finds the words again.",
)
def tokenize(lines, level="word"):
    _check(level)
    return [line.split() if level == "word" else [c for c in line if c != " "] for line in lines]


@reject(
    "characters of words",
    "At level char each line is one flat list of characters, not a list of words made of characters.",
)
def tokenize(lines, level="word"):
    _check(level)
    return [line.split() if level == "word" else [list(word) for word in line.split()] for line in lines]


@reject("the levels are swapped", 'Level "word" gave characters, or "char" words: look at your condition once more.')
def tokenize(lines, level="word"):
    _check(level)
    return [line.split() if level == "char" else list(line) for line in lines]


@reject("empty lines left out", "An empty line gives an empty list: line i of the text stays entry i.")
def tokenize(lines, level="word"):
    _check(level)
    return [line.split() if level == "word" else list(line) for line in lines if line.strip()]


@reject(
    "anything else means characters",
    "A misspelt level went through as if it were char. Raise a ValueError, or the caller wonders for a long time.",
)
def tokenize(lines, level="word"):
    return [line.split() if level == "word" else list(line) for line in lines]


@reject("an unknown level is only printed", "A message on the screen stops nobody: raise a ValueError.")
def tokenize(lines, level="word"):
    if level in ("word", "char"):
        return [line.split() if level == "word" else list(line) for line in lines]
    print("unknown level", level)
    return None


@reject(
    "the level is looked at line by line", "With no lines a misspelt level goes unnoticed. Check it before the loop."
)
def tokenize(lines, level="word"):
    cut = {"word": str.split, "char": list}
    try:
        return [cut[level](line) for line in lines]
    except KeyError:
        raise ValueError(level) from None


@reject("level has no default", 'Whoever calls tokenize(lines) wants words: level="word" in the signature.')
def tokenize(lines, level):
    _check(level)
    return [line.split() if level == "word" else list(line) for line in lines]
