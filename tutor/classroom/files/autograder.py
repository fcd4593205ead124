#!/usr/bin/env python3
"""Entry point for Classroom 50: grades the checked-out repository and leaves result.json and release-body.md in it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Exit code 0: graded; anything else: the grading itself did not work."""
    if "TUTOR_COMMAND" not in os.environ and shutil.which("tutor") is None:
        install = [sys.executable, "-m", "pip", "install", "--quiet"]
        subprocess.check_call([*install, "torch", "--index-url", "https://download.pytorch.org/whl/cpu"])
        subprocess.check_call([*install, "dl-tutor==@VERSION@"])
    out = Path(os.environ.get("RUNNER_TEMP", "/tmp")) / "grades"
    command = [
        os.environ.get("TUTOR_COMMAND", "tutor"),
        "grade",
        "--submission",
        ".",
        "--assignment",
        str(HERE / "assignment.toml"),
        "--out",
        str(out),
        "--format",
        "classroom50,github",
    ]
    code = subprocess.call(command)
    for name in ("result.json", "release-body.md"):
        if (out / name).exists():
            shutil.copy(out / name, name)
    return 0 if Path("result.json").exists() and code in (0, 1) else code or 3


if __name__ == "__main__":
    sys.exit(main())
