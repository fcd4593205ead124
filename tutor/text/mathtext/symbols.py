"""Tables from TeX commands to characters. Only characters of the basic plane: terminals have glyphs for these."""

from __future__ import annotations

from tutor.text.mathtext.nodes import Class


def _pairs(text: str) -> dict[str, str]:
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ORDINARY = _pairs(r"""
    alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ mu μ
    nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ
    omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
    partial ∂ nabla ∇ infty ∞ forall ∀ exists ∃ nexists ∄ emptyset ∅ varnothing ∅ hbar ℏ ell ℓ Re ℜ Im ℑ wp ℘ aleph ℵ
    imath ı jmath ȷ top ⊤ bot ⊥ angle ∠ triangle △ square □ Box □ blacksquare ■ diamond ◇ checkmark ✓ prime ′ degree °
    ldots … dots … dotsc … dotso … cdots ⋯ dotsb ⋯ dotsm ⋯ vdots ⋮ ddots ⋱ neg ¬ lnot ¬ dagger † ddagger ‡ S § P ¶
    star ⋆ bullet • circ ∘ Vert ‖ vert | backslash \ lbrace { rbrace } clubsuit ♣ heartsuit ♥ flat ♭ sharp ♯
    _ _ $ $ % % & & # # complement ∁ mho ℧ eth ð
""")

BINARY = _pairs(r"""
    pm ± mp ∓ times × div ÷ cdot · ast ∗ oplus ⊕ ominus ⊖ otimes ⊗ odot ⊙ oslash ⊘ cup ∪ cap ∩ setminus ∖ wedge ∧ land ∧
    vee ∨ lor ∨ sqcup ⊔ sqcap ⊓ uplus ⊎ bigcirc ○ amalg ⨿ wr ≀ boxplus ⊞ boxtimes ⊠ smallsetminus ∖ circledast ⊛
""")

RELATIONS = _pairs(r"""
    leq ≤ le ≤ geq ≥ ge ≥ neq ≠ ne ≠ approx ≈ equiv ≡ sim ∼ simeq ≃ cong ≅ propto ∝ ll ≪ gg ≫ in ∈ notin ∉ ni ∋
    subset ⊂ subseteq ⊆ supset ⊃ supseteq ⊇ subsetneq ⊊ mid | parallel ∥ perp ⟂ prec ≺ succ ≻ preceq ⪯ succeq ⪰ models ⊨
    vdash ⊢ doteq ≐ triangleq ≜ coloneqq ≔ lesssim ≲ gtrsim ≳ leqslant ⩽ geqslant ⩾ nmid ∤ asymp ≍ nsim ≁ ncong ≇
    lt < gt > vDash ⊨ lll ⋘ ggg ⋙ colon :
    to → rightarrow → leftarrow ← gets ← leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔ implies ⟹ iff ⟺
    impliedby ⟸ mapsto ↦ longmapsto ⟼ longrightarrow ⟶ longleftarrow ⟵ Longrightarrow ⟹ Longleftarrow ⟸
    longleftrightarrow ⟷ Longleftrightarrow ⟺ uparrow ↑ downarrow ↓ updownarrow ↕ nearrow ↗ searrow ↘ nwarrow ↖
    swarrow ↙ hookrightarrow ↪ hookleftarrow ↩ rightharpoonup ⇀ rightleftharpoons ⇌ leadsto ⇝ rightsquigarrow ⇝
    Uparrow ⇑ Downarrow ⇓ curvearrowright ↷ circlearrowleft ↺
""")

PUNCTUATION = {",": ",", ";": ";"}
SIGNS: dict[str, tuple[str, Class]] = {
    "+": ("+", "bin"), "-": ("−", "bin"), "*": ("*", "bin"), "=": ("=", "rel"), "<": ("<", "rel"), ">": (">", "rel"),
    ":": (":", "punct"), ",": (",", "punct"), ";": (";", "punct"), "(": ("(", "open"), "[": ("[", "open"),
    ")": (")", "close"), "]": ("]", "close"),
}  # fmt: skip

BIG = _pairs(r"""
    sum ∑ prod ∏ coprod ∐ bigcup ⋃ bigcap ⋂ bigoplus ⊕ bigotimes ⊗ bigodot ⊙ bigvee ⋁ bigwedge ⋀ biguplus ⊎ bigsqcup ⊔
""")
INTEGRALS = _pairs("int ∫ iint ∬ iiint ∭ oint ∮ smallint ∫")

FUNCTIONS = _words(
    "log ln lg exp sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan arg dim deg ker hom mod"
)
LIMITS = {name: name for name in _words("max min sup inf lim det gcd Pr")} | {
    "limsup": "lim sup", "liminf": "lim inf", "argmax": "argmax", "argmin": "argmin",
}  # fmt: skip
NOT_ON_GITHUB = frozenset({"argmax", "argmin"})
"""Understood here, but not by the renderer that readers of the bare files have; the linter says so."""

OPENING = {
    "lvert": "|",
    "lVert": "‖",
    "langle": "⟨",
    "lfloor": "⌊",
    "lceil": "⌈",
    "lbrack": "[",
    "{": "{",
    "lbrace": "{",
}
CLOSING = {
    "rvert": "|",
    "rVert": "‖",
    "rangle": "⟩",
    "rfloor": "⌋",
    "rceil": "⌉",
    "rbrack": "]",
    "}": "}",
    "rbrace": "}",
}
DELIMITERS = (
    OPENING | CLOSING | {"|": "‖", "Vert": "‖", "vert": "|", "uparrow": "↑", "downarrow": "↓", "backslash": "\\"}
)
"""What may follow \\left, \\right, \\middle and \\big… as a command."""

SPACES = {",": 1, ":": 1, ";": 1, ">": 1, " ": 1, "!": 0, "/": 0, "enspace": 1, "quad": 3, "qquad": 6, "thinspace": 1,
          "medspace": 1, "thickspace": 1, "negthinspace": 0, "space": 1, "nobreakspace": 1}  # fmt: skip

ACCENTS = {
    "hat": ("\u0302", "^"), "widehat": ("\u0302", "^"), "bar": ("\u0304", "_"), "overline": ("\u0304", "_"),
    "tilde": ("\u0303", "~"), "widetilde": ("\u0303", "~"), "vec": ("\u20d7", "→"), "overrightarrow": ("\u20d7", "→"),
    "dot": ("\u0307", "˙"), "ddot": ("\u0308", "¨"), "check": ("\u030c", "ˇ"), "breve": ("\u0306", "˘"),
    "mathring": ("\u030a", "˚"), "acute": ("\u0301", "´"), "grave": ("\u0300", "`"),
}  # fmt: skip
STRETCHED = frozenset({"_", "~"})
"""Wide accents that are repeated over the whole body; the others are centred."""

FONTS = _words(
    "mathbf boldsymbol bm pmb mathnormal mathop mathord mathbin mathrel mathopen mathclose mathpunct mathinner"
)
WORDS = _words("mathrm mathit mathsf mathtt operatorname")
TEXTS = _words("text textrm textbf textit texttt textsf textup textsc emph mbox hbox textnormal")
IGNORED = _words("""
    displaystyle textstyle scriptstyle scriptscriptstyle nonumber notag bf it rm cal tt sf small large Large
    tiny normalsize footnotesize hline limits nolimits boldmath allowbreak nobreak relax protect
""")
LETTERS = {
    "mathcal": dict(zip("BEFHILMRego", "ℬℰℱℋℐℒℳℛℯℊℴ", strict=True)),
    "mathscr": dict(zip("BEFHILMRego", "ℬℰℱℋℐℒℳℛℯℊℴ", strict=True)),
    "mathbb": dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True)),
    "mathfrak": dict(zip("CHIRZ", "ℭℌℑℜℨ", strict=True)),
}
NEGATED = {"=": "≠", "∈": "∉", "≡": "≢", "∼": "≁", "≈": "≉", "⊂": "⊄", "⊆": "⊈", "<": "≮", ">": "≯", "|": "∤", "∥": "∦",
           "∃": "∄", "→": "↛", "⇒": "⇏", "⇔": "⇎"}  # fmt: skip
ARROWS = {"xrightarrow": "→", "xleftarrow": "←", "xRightarrow": "⇒", "xLeftarrow": "⇐", "xleftrightarrow": "↔"}

SUPERSCRIPTS = dict(zip(
    "0123456789+−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχα′*⋆†‡″‴⊤",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡᵅ′*⋆†‡″‴ᵀ",
    strict=True,
))  # fmt: skip
SUBSCRIPTS = dict(zip(
    "0123456789+−=()aehijklmnoprstuvxβγρφχ,",
    "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ,",
    strict=True,
))  # fmt: skip
FRACTIONS = {("1", "2"): "½", ("1", "3"): "⅓", ("2", "3"): "⅔", ("1", "4"): "¼", ("3", "4"): "¾", ("1", "8"): "⅛"}
