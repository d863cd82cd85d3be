import re
from pathlib import Path

import pytest

from workbench.widgets import assets

ENTRIES = (
    "classview.js",
    "compare.js",
    "methods.js",
    "metrics.js",
    "outputs.js",
    "progress.js",
    "train.js",
    "viewer.js",
)


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_joined_module_stands_alone(entry: str) -> None:
    text = assets.module(entry)
    assert not re.search(r"^import ", text, re.MULTILINE)
    assert re.findall(r"^export .*", text, re.MULTILINE) == ["export default {"]


def test_dependencies_come_first(tmp_path: Path) -> None:
    (tmp_path / "top.js").write_text('import { a } from "./low.js";\nexport default { a };\n')
    (tmp_path / "low.js").write_text("export const a = 1;\n")
    assert assets.module("top.js", tmp_path) == "const a = 1;\n\nexport default { a };\n"


def test_a_missing_script_is_named(tmp_path: Path) -> None:
    (tmp_path / "top.js").write_text('import { a } from "./gone.js";\n')
    with pytest.raises(ValueError, match=r"'gone\.js' is not in"):
        assets.module("top.js", tmp_path)


def test_a_circle_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('import { b } from "./b.js";\n')
    (tmp_path / "b.js").write_text('import { a } from "./a.js";\n')
    with pytest.raises(ValueError, match=r"a\.js > b\.js > a\.js"):
        assets.module("a.js", tmp_path)


def test_a_name_declared_twice_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('import { b } from "./b.js";\nconst same = 1;\n')
    (tmp_path / "b.js").write_text("export function same() {}\nexport const b = 1;\n")
    with pytest.raises(ValueError, match=r"'same' is declared in both b\.js and a\.js"):
        assets.module("a.js", tmp_path)


def test_every_script_is_used_and_small() -> None:
    joined = "".join(map(assets.module, ENTRIES))
    for path in sorted(assets.STATIC.glob("*.js")):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 300, path.name
        assert lines[0].startswith("// "), f"{path.name} says what it is"
        assert lines[0] in joined, f"{path.name} is joined"


def test_every_style_sheet_is_used_and_small() -> None:
    assert sorted(path.name for path in assets.STATIC.glob("*.css")) == sorted(assets.STYLES)
    for name in assets.STYLES:
        assert len((assets.STATIC / name).read_text(encoding="utf-8").splitlines()) <= 300, name


def test_nothing_points_to_another_host() -> None:
    text = "".join(map(assets.module, ENTRIES)) + assets.style()
    assert set(re.findall(r"(?:https?:)?//[\w.-]+\.[a-z]{2,}[^\s\"']*", text)) == {
        "http://www.w3.org/2000/svg"
    }
    assert "@import" not in text
    assert "fetch(" not in text


def test_names_that_are_taken_apart_are_names_too(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('// A.\nimport { one } from "./b.js";\nconst [WIDE, same] = [1, 2];\n')
    (tmp_path / "b.js").write_text("// B.\nexport const one = 1;\nconst { same } = {};\n")
    with pytest.raises(ValueError, match=r"'same' is declared in both b\.js and a\.js"):
        assets.module("a.js", tmp_path)


def test_every_style_token_that_is_used_is_declared() -> None:
    text = assets.style()
    declared = set(re.findall(r"(--wb-[\w-]+):", text)) | {"--wb-canvas-height", "--wb-top"}  # set by scripts
    assert set(re.findall(r"var\((--wb-[\w-]+)", text)) <= declared
