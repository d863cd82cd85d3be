"""A recipe in the words of Python and of the command line: what to write for the same result."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workbench.prompts import PROMPTS
from workbench.registry import METHODS, Method, Param

if TYPE_CHECKING:
    from workbench.recipe import ImageRef, Recipe


def call(recipe: Recipe) -> str:
    """Write the call alone, such as ``wb.run("otsu", image, sigma=2.0)``, without what is a default."""
    given = "".join(
        f", {name}={_python(METHODS[recipe.method].params[name], value)}"
        for name, value in changed(METHODS[recipe.method], recipe.values).items()
    )
    size = f", longest={recipe.longest}" if recipe.longest else ""
    return f'wb.run("{recipe.method}", image{size}{given})'


def script(recipe: Recipe, sha256: str | None = None) -> str:
    """Write the script; with the ids' hash, it also proves the result."""
    lines = ["import workbench as wb", "", loading(recipe.image), f"result = {call(recipe)}"]
    if sha256:
        lines.append(f'assert result.sha256 == "{sha256}"')
    return "\n".join(lines) + "\n"


def command(recipe: Recipe) -> str:
    """Write the line for a shell: ``workbench run otsu coins --sigma 2.0``."""
    kind, _, rest = recipe.image.origin.partition(":")
    words = ["workbench", "run", recipe.method, rest if kind in ("sample", "file") else "your-image.png"]
    if recipe.image.longest:
        words += ["--fit", str(recipe.image.longest)]
    if recipe.longest:
        words += ["--longest", str(recipe.longest)]
    method = METHODS[recipe.method]
    for name, value in changed(method, recipe.values).items():
        words += _options(method.params[name], value)
    return shlex.join(words)


def loading(image: ImageRef) -> str:
    """Write the line of Python that loads an image."""
    scaled = f", longest={image.longest}" if image.longest else ""
    kind, _, rest = image.origin.partition(":")
    if kind == "sample":
        return f"image = wb.samples.load({json.dumps(rest)}{scaled}).image"
    return f"image = wb.read_image({rest if kind == 'file' else 'your-image.png'!r}{scaled})"


def changed(method: Method, values: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the values that are not the method's defaults; a start keeps those that are not its method's."""
    defaults = method.check({})
    kept = {name: value for name, value in values.items() if value != defaults[name]}
    return {name: _shortened(method.params[name], value) for name, value in kept.items()}


def _shortened(param: Param, value: Any) -> Any:
    if param.kind != "method":
        return value
    inner = changed(METHODS[value["method"]], value["values"])
    return {"method": value["method"], "values": inner} if inner else value["method"]


def _python(param: Param, value: Any) -> str:
    return f'"{value}"' if param.kind == "method" and isinstance(value, str) else repr(value)


def _options(param: Param, value: Any) -> list[str]:
    option = "--" + param.name.replace("_", "-")
    if param.kind == "points" and param.name == "seeds":
        return [word for seed in value for word in ("--seed", f"{','.join(map(str, seed[:-1]))}:{seed[-1]}")]
    if param.kind in PROMPTS or not isinstance(value, str | int | float):
        return [option, json.dumps(value)]
    return [option, str(value).lower() if isinstance(value, bool) else str(value)]
