# +++
# tries = "loops while the file is loaded"
# stopped_by = "clock of the server"
# seconds = 1
# +++
while True:
    pass
