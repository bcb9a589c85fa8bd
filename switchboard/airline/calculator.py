"""Arithmetic on a line of text, for models that would rather not do sums.

Numbers, ``+ - * /`` and parentheses; nothing else is understood, nothing is evaluated as code.
"""

import ast
import operator
from collections.abc import Callable

from switchboard.errors import ToolError

CHARACTERS = 300
"""The longest expression; a fare for five passengers with bags takes 60."""
_BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_FIX = "Use numbers with + - * / and parentheses, such as 2 * (350 - 122)."


def calculated(expression: str) -> float:
    """The value of an arithmetic expression, rounded to two places.

    Raises:
        ToolError: it is no arithmetic, too long, or divides by zero.
    """
    if len(expression) > CHARACTERS:
        raise ToolError(f"The expression is longer than {CHARACTERS} characters.", "Calculate it in parts.")
    try:
        value = _value(ast.parse(expression.strip().replace(",", ""), mode="eval").body)
        return round(value, 2)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as exc:
        raise ToolError("That is no arithmetic.", _FIX) from exc
    except ZeroDivisionError as exc:
        raise ToolError("A division by zero has no value.", "Check the numbers.") from exc
    except OverflowError as exc:
        raise ToolError("The value is too large.", "Check the numbers.") from exc


def _value(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=bool()):
            raise ValueError("no number")
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.BinOp(left, kind, right) if type(kind) in _BINARY:
            return _BINARY[type(kind)](_value(left), _value(right))
        case ast.UnaryOp(ast.USub(), operand):
            return -_value(operand)
        case ast.UnaryOp(ast.UAdd(), operand):
            return _value(operand)
    raise ValueError("no arithmetic")
