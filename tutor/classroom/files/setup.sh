#!/usr/bin/env bash
# Gradescope runs this once, when the autograder is uploaded.
set -euo pipefail
apt-get update -qq
apt-get install -y -qq python3 python3-venv
python3 -m venv /autograder/venv
/autograder/venv/bin/pip install --quiet torch --index-url https://download.pytorch.org/whl/cpu
/autograder/venv/bin/pip install --quiet "dl-tutor==@VERSION@"
