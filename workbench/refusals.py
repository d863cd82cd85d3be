"""How the command line says no: one sentence on the error stream, and exit code 2."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what a person can put right into one sentence and exit code 2."""
    try:
        yield
    except KeyError as error:
        refuse(str(error.args[0]))
    except (ValueError, ModuleNotFoundError, FloatingPointError) as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"{error.filename or 'the file'}: {error.strerror}" if error.strerror else str(error))
    except MemoryError:
        refuse("the image does not fit in memory with this method; try --longest 1024")


def refuse(sentence: str) -> NoReturn:
    """Say one sentence on the error stream and leave with exit code 2."""
    print(f"workbench: {' '.join(sentence.split())}", file=sys.stderr)
    raise typer.Exit(2)


def names_of(text: str) -> list[str]:
    """Take names with commas apart.

    >>> names_of("otsu, kmeans")
    ['otsu', 'kmeans']
    """
    return [name.strip() for name in text.split(",") if name.strip()]
