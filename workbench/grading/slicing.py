"""Which statements of a notebook an answer needs: only those are run when it is graded.

A lesson's other cells load pictures, draw and train; running them would cost time and fail where there is no
screen. So from the name of the answer we go back to what defines it, and to what that uses, and so on.
"""

from __future__ import annotations

import ast
import builtins
import re
import symtable
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# What IPython understands and Python does not: magics, shell lines, questions.
MAGIC = re.compile(r"^(\s*)(?:[%!?].*|\w[\w.]*\?{1,2}|\w+\s*=\s*[!%].*)$", flags=re.M)
WHOLE = re.compile(r"^\s*%%(time|timeit|capture|prun)\b.*$", flags=re.M)  # their cells are Python below
COMPREHENSIONS = {"listcomp", "setcomp", "dictcomp", "genexpr"}
PLAIN = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom
ASSIGNED = ast.Assign | ast.AnnAssign | ast.AugAssign


@dataclass(frozen=True)
class Statement:
    """Hold a top-level statement: its cell and what it binds, changes and uses.

    now : names it reads when it runs. later : names that its functions read when they are called.
    """

    node: ast.stmt
    cell: int
    binds: frozenset[str]
    changes: frozenset[str]
    now: frozenset[str]
    later: frozenset[str]

    @property
    def settles(self) -> bool:
        """Say whether what it binds is bound for certain, as under an `if` it is not."""
        return isinstance(self.node, PLAIN | ASSIGNED)


def needed(cells: Sequence[str], name: str) -> str:
    r"""Give the code that defines `name` and what that needs, in the notebook's order.

    >>> print(needed(["import os, sys", "a = 1", "b = 2", "def f(x):\n    return x + b", "f(a)"], "f"))
    b = 2
    def f(x):
        return x + b
    """
    return "\n".join(ast.unparse(statement.node) for statement in chosen(read(cells)[0], name))


def read(cells: Sequence[str]) -> tuple[list[Statement], dict[int, SyntaxError]]:
    """Take cells apart into statements; cells that are no Python come back with their error."""
    statements: list[Statement] = []
    broken: dict[int, SyntaxError] = {}
    for number, cell in enumerate(cells):
        try:
            statements += [_statement(node, number) for node in _parsed(cell).body]
        except SyntaxError as error:
            broken[number] = error
        except ValueError as error:  # a zero byte in the text
            broken[number] = SyntaxError(str(error))
    return statements, broken


def chosen(statements: Sequence[Statement], name: str) -> list[Statement]:
    """Choose the statements that `name` needs, in order; the last definition wins.

    What a function uses is looked up where the function is used, as Python does: a helper that is defined
    anew in a later cell is the one it calls.
    """
    kept: set[int] = set()
    missing: set[str] = set()
    seen: set[tuple[str, int]] = set()
    wanted = [(name, len(statements))]
    while wanted:
        name, before = wanted.pop()
        if (name, before) in seen:
            continue
        seen.add((name, before))
        found = _definitions(statements, name, before)
        if not found and not hasattr(builtins, name):
            missing.add(name)
        kept.update(found)
        for number in found:
            wanted += [(used, number) for used in statements[number].now]
            wanted += [(used, before) for used in statements[number].later]
    if missing:  # any star may bring a name that nothing else defines
        kept.update(number for number, statement in enumerate(statements) if "*" in statement.binds)
    return [statements[number] for number in sorted(kept)]


def is_stub(statements: Sequence[Statement], name: str) -> bool:
    r"""Say whether the last definition of `name` is an answer that nobody has given yet.

    >>> is_stub(read(["def f(x):\n    'Say.'\n    raise NotImplementedError"])[0], "f")
    True
    """
    nodes = [statement.node for statement in statements if name in statement.binds]
    if not nodes:
        return True
    last = nodes[-1]
    if isinstance(last, ast.FunctionDef | ast.AsyncFunctionDef):
        return all(_says_nothing(node) for node in last.body)
    if isinstance(last, ast.Assign | ast.AnnAssign):
        return last.value is None or (
            isinstance(last.value, ast.Constant) and last.value.value in (None, ..., "")
        )
    return False


def _definitions(statements: Sequence[Statement], name: str, before: int) -> list[int]:
    """Find what `name` is made of before a place: its definition and what changes it after that."""
    found = []
    for number in range(before - 1, -1, -1):
        statement = statements[number]
        if name in statement.binds or name in statement.changes:
            found.append(number)
            if name in statement.binds and statement.settles:
                break
    if found and isinstance(statements[found[-1]].node, ast.Import | ast.ImportFrom):
        # A call such as np.savetxt(...) changes no module, and may need half of the notebook.
        return [number for number in found if not isinstance(statements[number].node, ast.Expr)]
    return found


def _parsed(cell: str) -> ast.Module:
    try:
        return ast.parse(cell)
    except SyntaxError:
        if WHOLE.match(cell):
            cell = WHOLE.sub("", cell, count=1)
        elif cell.lstrip().startswith("%%"):
            return ast.Module([], [])  # another language's cell
        return ast.parse(MAGIC.sub(r"\1pass", cell))


def _statement(node: ast.stmt, cell: int) -> Statement:
    table = symtable.symtable(ast.unparse(node), "cell", "exec")
    binds = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
        binds = {"*"}
    now = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        now.add(node.target.id)
    later: set[str] = set()
    for child in table.get_children():
        _collect(child, now, later, deferred=False)
    return Statement(
        node, cell, frozenset(binds), frozenset(_changed(node)), frozenset(now), frozenset(later)
    )


def _collect(table: symtable.SymbolTable, now: set[str], later: set[str], deferred: bool) -> None:
    function = table.get_type() == "function" and table.get_name() not in COMPREHENSIONS
    deferred = deferred or function
    (later if deferred else now).update(s.get_name() for s in table.get_symbols() if s.is_global())
    for child in table.get_children():
        _collect(child, now, later, deferred)


def _changed(node: ast.stmt) -> Iterator[str]:
    """Name what a statement changes without binding it: x[0] = 1, x.a = 1, del x[0], x.append(1)."""
    for part in ast.walk(node):
        if isinstance(part, ast.Subscript | ast.Attribute) and isinstance(part.ctx, ast.Store | ast.Del):
            yield from _root(part)
    call = node.value if isinstance(node, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        yield from _root(call.func)


def _root(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _says_nothing(node: ast.stmt) -> bool:
    """Recognise a line of a stub: a docstring, `...`, `pass`, `return`, `raise NotImplementedError`."""
    if isinstance(node, ast.Raise) and node.exc is not None:
        return "NotImplementedError" in ast.unparse(node.exc)
    value = node.value if isinstance(node, ast.Expr | ast.Return) else None
    empty = value is None or (isinstance(value, ast.Constant) and value.value in (None, ...))
    text = isinstance(node, ast.Expr) and isinstance(value, ast.Constant) and isinstance(value.value, str)
    return isinstance(node, ast.Pass) or text or (isinstance(node, ast.Expr | ast.Return) and empty)
