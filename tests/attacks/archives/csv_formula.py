# +++
# tries = "is called =HYPERLINK(…), which a spreadsheet would run"
# stopped_by = "no cell of a table is a formula"
# +++
def make(folder, canary):
    for name in ('=HYPERLINK("evil")', "@SUM(A1)", "+1+1", "-2+3", "\t=1"):
        (folder / name).mkdir()
        (folder / name / "softmax.py").write_text("x = 1\n")
