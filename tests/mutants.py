"""The small faults that can be put into a file of the package: each is one piece of text in the place of another.

Not touched are what a person reads (docstrings, the words of errors, `__repr__`), annotations, imports and the `strict`
of `zip`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

OPERATORS = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"), ast.FloorDiv: ("//", "/"),
    ast.Mod: ("%", "/"), ast.Pow: ("**", "*"), ast.MatMult: ("@", "*"), ast.BitAnd: ("&", "|"), ast.BitOr: ("|", "&"),
    ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"), ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="), ast.Is: ("is", "is not"), ast.IsNot: ("is not", "is"), ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"), ast.And: ("and", "or"), ast.Or: ("or", "and"),
}  # fmt: skip
WORDS = ("__repr__", "__str__", "_repr_html_")


class Mutant(NamedTuple):
    """Bytes `start` to `stop` of a file become `after`; the statement stands in lines `first` to `last`."""

    file: str
    first: int
    last: int
    start: int
    stop: int
    before: str
    after: str
    at_import: bool

    def source(self, source: bytes) -> bytes:
        assert source[self.start : self.stop].decode() == self.before, "the file has changed"
        return source[: self.start] + self.after.encode() + source[self.stop :]


def mutants_of(root: Path, file: Path) -> list[Mutant]:
    """All that compile."""
    found = list(_Finder(file.read_bytes(), file.relative_to(root).as_posix()).all())
    return sorted(one for one in set(found) if _compiles(one.source(file.read_bytes())))


def _compiles(source: bytes) -> bool:
    try:
        compile(source, "mutant", "exec")
    except SyntaxError:
        return False
    return True


class _Finder:
    def __init__(self, source: bytes, file: str) -> None:
        self.source, self.file = source, file
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def all(self) -> Iterator[Mutant]:
        yield from self.walk(ast.parse(self.source), (1, 1), at_import=True)

    def walk(self, node: ast.AST, lines: tuple[int, int], *, at_import: bool) -> Iterator[Mutant]:
        if isinstance(node, ast.stmt):
            inner = getattr(node, "body", None)  # of a compound statement the head
            lines = node.lineno, (inner[0].lineno - 1 if inner else node.end_lineno) or node.lineno
            lines = lines[0], max(lines)
        for start, stop, after in self.faults(node):
            yield Mutant(self.file, *lines, start, stop, self.source[start:stop].decode(), after, at_import)
        for name, value in ast.iter_fields(node):
            inside = at_import and not (isinstance(node, ast.FunctionDef | ast.Lambda) and name == "body")
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not _is_for_people(node, name, child):
                    yield from self.walk(child, lines, at_import=inside)

    def faults(self, node: ast.AST) -> Iterator[tuple[int, int, str]]:
        start, stop = self.span(node)
        text = self.source[start:stop].decode()
        match node:
            case ast.BinOp(left=a, op=op, right=b):
                yield from self.swapped(a, op, b)
            case ast.Compare(left=a, ops=ops, comparators=bs):
                for left, op, right in zip([a, *bs], ops, bs, strict=False):
                    yield from self.swapped(left, op, right)
            case ast.BoolOp(op=op, values=values):
                for left, right in pairwise(values):
                    yield from self.swapped(left, op, right)
            case ast.AugAssign(target=a, op=op, value=b):
                yield from self.swapped(a, op, b)
            case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=inner):
                yield start, self.span(inner)[0], ""
            case ast.Constant(value=bool(value)):
                yield start, stop, str(not value)
            case ast.Constant(value=int(value) | float(value)):
                yield start, stop, repr(value + 1)
            case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
                if not isinstance(test, ast.UnaryOp | ast.Constant):
                    a, b = self.span(test)
                    yield a, b, f"(not ({self.source[a:b].decode()}))"
            case ast.For(iter=over):
                yield *self.span(over), "[]"
            case ast.Break():
                yield start, stop, "continue"
            case ast.Continue():
                yield start, stop, "break"
            case ast.Return(value=ast.expr()) if text != "return None":
                yield start, stop, "return None"
            case ast.Raise() | ast.Expr(value=ast.Call()):
                yield start, stop, "pass"
            case ast.Assign(targets=[ast.Subscript() | ast.Attribute()]):
                yield start, stop, "pass"

    def span(self, node: ast.AST) -> tuple[int, int]:
        if not hasattr(node, "lineno"):
            return 0, 0
        return self.starts[node.lineno - 1] + node.col_offset, self.starts[node.end_lineno - 1] + node.end_col_offset

    def swapped(self, left: ast.AST, op: ast.AST, right: ast.AST) -> Iterator[tuple[int, int, str]]:
        """The operator stands in the text between two operands, beside brackets."""
        before, after = OPERATORS.get(type(op), ("", ""))
        begin, end = self.span(left)[1], self.span(right)[0]
        if before:
            at = begin + self.source[begin:end].index(before.encode())
            yield at, at + len(before), after


def _is_for_people(parent: ast.AST, name: str, child: ast.AST) -> bool:
    if name in ("annotation", "returns") or isinstance(child, ast.JoinedStr | ast.Import | ast.ImportFrom | ast.Assert):
        return True
    if isinstance(child, ast.FunctionDef) and child.name in WORDS:
        return True
    if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute) and parent.func.attr == "warn":
        return True
    if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
        return True
    return isinstance(parent, ast.Raise) or (isinstance(child, ast.keyword) and child.arg == "strict")
