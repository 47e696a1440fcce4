"""Lists of all kinds: arrays, objects, arguments, parameters, patterns, and the pieces of a template."""

from collections.abc import Callable

from ormistice.sources.drizzle.lexer import NAME, NUMBER, STRING, TEMPLATE_TAIL, WORDS
from ormistice.sources.drizzle.marking import RESERVED, Marking


def array(m: Marking, i: int) -> int:
    """An array, or the pattern of one."""
    m.put("AB", i)
    i = _listed(m, i + 1, "]", _item)
    m.put("RB", i)
    return i + 1


def _listed(m: Marking, i: int, closing: str, item: Callable[[Marking, int], int]) -> int:
    """Items with commas between, up to the bracket that closes them; a last comma says nothing."""
    kinds = m.tokens.kinds
    while kinds[i] != closing:
        i = item(m, i)
        if kinds[i] == ",":
            i += 1
        elif kinds[i] != closing:
            raise m.failure(i)
    return i


def _item(m: Marking, i: int) -> int:
    if m.tokens.kinds[i] != ",":
        return element(m, i)
    m.put("HOLE", i)
    return i


def element(m: Marking, i: int) -> int:
    """An element of a list, spread or not."""
    if m.tokens.kinds[i] == "...":
        m.put("SPREAD", i)
        i += 1
    return m.expression(m, i)


def arguments(m: Marking, i: int) -> int:
    """The arguments of a call, with their parentheses."""
    m.put("LP", i)
    i = _listed(m, i + 1, ")", element)
    m.put("RP", i)
    return i + 1


def object_literal(m: Marking, i: int) -> int:
    """An object, a pattern, or the body of an enum: all three are lists of entries."""
    m.put("OB", i)
    i = _listed(m, i + 1, "}", _entry)
    m.put("CB", i)
    return i + 1


def _entry(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    if kinds[i] == "...":
        return element(m, i)
    accessor = ""
    while kinds[i] in ("get", "set", "async", "*") and kinds[i + 1] not in (",", ":", "(", "}", "=", "<"):
        accessor = accessor or (kinds[i] if kinds[i] in ("get", "set") else "")
        i += 1
    if kinds[i] == "[":
        m.put("KB", i)
        i = closed(m, m.sequence(m, i + 1), "]", "RB")
    elif kinds[i] in (NAME, STRING, NUMBER) or kinds[i] in WORDS:
        if kinds[i + 1] not in (":", "(", "<"):
            return _shorthand(m, i)
        m.put("KEY", i)
        i += 1
    else:
        raise m.failure(i)
    if kinds[i] == ":":
        return m.expression(m, i + 1)
    return _method(m, i, accessor=accessor)


def _shorthand(m: Marking, i: int) -> int:
    m.put("SHORT", i)
    if m.tokens.kinds[i + 1] != "=":
        return i + 1
    m.put("ASSIGN", i + 1)
    return m.expression(m, i + 2)


def _method(m: Marking, i: int, *, accessor: str) -> int:
    first, written = i, len(m.out)
    m.put_empty("FUNCX", m.tokens.starts[i])
    i = function_rest(m, i)
    if i < 0:
        raise m.failure(first)
    if accessor == "get":
        # What a getter gives is what its function gives when it is called.
        m.put_empty("LP", m.tokens.ends[i - 1])
        m.put_empty("RP", m.tokens.ends[i - 1])
    elif accessor:
        del m.out[written:]
        m.put_range("OPAQUE", first, i)
    return i


def template(m: Marking, i: int, head: str) -> int:
    """The pieces of a template literal, `head` being the terminal of the first."""
    kinds = m.tokens.kinds
    m.put(head, i)
    while True:
        i = m.sequence(m, i + 1)
        if kinds[i] == TEMPLATE_TAIL:
            m.put("TEMPLATE_TAIL", i)
            return i + 1
        if not kinds[i].startswith("template m"):
            raise m.failure(i)
        m.put("TEMPLATE_MIDDLE", i)


def function(m: Marking, i: int) -> int:
    """A function expression from its key word on."""
    kinds = m.tokens.kinds
    first = i
    i += 2 if kinds[i] == "async" else 1
    if kinds[i] == "*":
        i += 1
    if kinds[i] not in ("(", "<"):
        i += 1
    m.put("FUNCX", first)
    i = function_rest(m, i)
    if i < 0:
        raise m.failure(first)
    return i


def function_rest(m: Marking, i: int) -> int:
    """Type parameters, parameters, return type and body; -1 where there is no body, as in an overload."""
    kinds = m.tokens.kinds
    if kinds[i] == "<":
        i = m.types.after_parameters(i)
    if kinds[i] != "(":
        raise m.failure(i)
    m.put("FP", i)
    i = parameters(m, i)
    if kinds[i] == ":":
        i = m.types.after_type(i + 1)
    return m.block(m, i) if kinds[i] == "{" else -1


def parameters(m: Marking, i: int) -> int:
    """The parameters whose parenthesis is at `i`, which is written already."""
    i = _listed(m, i + 1, ")", _parameter)
    m.put("RP", i)
    return i + 1


def _parameter(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    if kinds[i] == "this" and kinds[i + 1] == ":":
        return m.types.after_type(i + 2)
    if kinds[i] == "...":
        m.put("SPREAD", i)
        i += 1
    return binding(m, i)


def binding(m: Marking, i: int) -> int:
    """A name or pattern that is bound, its type, and its default."""
    kinds = m.tokens.kinds
    i = _target(m, i)
    if kinds[i] in ("?", "!"):
        i += 1
    if kinds[i] == ":":
        i = m.types.after_type(i + 1)
    if kinds[i] == "=":
        m.put("ASSIGN", i)
        i = m.expression(m, i + 1)
    return i


def _target(m: Marking, i: int) -> int:
    kind = m.tokens.kinds[i]
    if kind == "[":
        return array(m, i)
    if kind == "{":
        return object_literal(m, i)
    if kind == NAME or (kind in WORDS and kind not in RESERVED):
        m.put("NAME", i)
        return i + 1
    raise m.failure(i)


def closed(m: Marking, i: int, bracket: str, terminal: str) -> int:
    """The bracket that ends what stands before `i`."""
    if m.tokens.kinds[i] != bracket:
        raise m.failure(i)
    m.put(terminal, i)
    return i + 1
