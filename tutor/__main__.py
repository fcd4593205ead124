"""Run the command line as ``python -m tutor``."""

from tutor.cli import main

raise SystemExit(main())
