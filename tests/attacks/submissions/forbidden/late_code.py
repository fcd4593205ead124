# +++
# tries = "loads compiled code that holds the operator"
# stopped_by = "only source is taken"
# forbidden = true
# exercise = "product"
# +++
def template(a, b):
    return a * b


def product(a, b):
    code = bytearray(template.__code__.co_code)
    for place in range(0, len(code), 2):
        if code[place] == 122:
            code[place + 1] = 4
    template.__code__ = template.__code__.replace(co_code=bytes(code))
    return template(a, b)
