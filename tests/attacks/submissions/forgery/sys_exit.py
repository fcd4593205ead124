# +++
# tries = "raises SystemExit(0) while the file is loaded"
# stopped_by = "only explicit passes count"
# +++
import sys

sys.exit(0)
