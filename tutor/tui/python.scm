; What the editor colours in Python. Few patterns on purpose: they are matched on every keystroke.
(comment) @comment
((comment) @todo (#match? @todo "TODO"))
(string) @string
(expression_statement (string) @docstring)
(interpolation) @interpolation
(integer) @number
(float) @number
[(true) (false) (none)] @constant
((identifier) @constant (#match? @constant "^[A-Z][A-Z0-9_]+$"))
(type) @type
(function_definition name: (identifier) @function)
(class_definition name: (identifier) @class)
(decorator) @decorator
((call function: (identifier) @builtin)
 (#any-of? @builtin "abs" "all" "any" "bool" "dict" "divmod" "enumerate" "filter" "float" "getattr" "hasattr" "int"
  "isinstance" "iter" "len" "list" "map" "max" "min" "next" "print" "range" "repr" "reversed" "round" "set" "setattr"
  "slice" "sorted" "str" "sum" "super" "tuple" "type" "zip"))
["and" "as" "assert" "async" "await" "break" "class" "continue" "def" "del" "elif" "else" "except" "finally" "for"
 "from" "global" "if" "import" "in" "is" "lambda" "nonlocal" "not" "or" "pass" "raise" "return" "try" "while" "with"
 "yield" "match" "case"] @keyword
(ERROR) @error
