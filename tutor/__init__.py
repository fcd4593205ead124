"""tutor: learn deep learning in the terminal, from linear regression to Transformers."""

__version__ = "0.1.0"
