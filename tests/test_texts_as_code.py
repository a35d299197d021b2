"""``vnsim texts --python`` and ``--typescript``: constants say what the screens say."""

import json
import keyword
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner
from mypy import api as mypy

from simulator.cli import cli
from simulator.commands import constants
from simulator.core.texts import LANGUAGES, spoken, text
from tests.foreign import node


def printed(*arguments: str) -> str:
    """Return what the command prints."""
    result = CliRunner().invoke(cli, ["texts", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def filled(language: str, ending: str) -> dict[str, tuple[dict[str, object], str]]:
    """Return for each text its values, which end in something, and what the page says then."""
    texts = {}
    for key, template in spoken(language).items():
        fillers = {"s": "name" + ending, "d": 7}
        values = {name: fillers[kind] for name, kind in constants.PLACEHOLDER.findall(template)}
        texts[key] = (values, text(language, key, **values).replace("**", ""))
    return texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_a_constant_or_a_function_of_its_values(language: str) -> None:
    code = printed("--language", language, "--python")
    assert code == printed("--language", language, "--python")
    module: dict[str, Any] = ModuleType("labels").__dict__
    exec(compile(code, "labels.py", "exec"), module)
    names = constants._names(spoken(language))
    assert len(set(names.values())) == len(names) > 3000
    assert all(name.isidentifier() and not keyword.iskeyword(name) for name in names.values())
    for ending in ("", "."):
        for key, (values, sentence) in filled(language, ending).items():
            value = module[names[key]]
            assert (value(**values) if values else value) == sentence


def test_keys_that_would_have_one_name_have_two() -> None:
    texts = {"a.b.c": "1", "a.b_c": "2", "import": "%(from)s", "50-%": "3", "new": "%(x)s"}
    code = constants.python("en", "1", texts)
    module: dict[str, Any] = {}
    exec(compile(code, "labels.py", "exec"), module)
    assert (module["A__B__C"], module["A__B_C"]) == ("1", "2")
    assert module["import_"](from_="x") == "x"


def test_the_module_for_python_has_types(tmp_path: Path) -> None:
    (tmp_path / "labels.py").write_text(printed("--language", "nb", "--python"), encoding="utf-8")
    (tmp_path / "page.py").write_text(
        "import labels\n\nlabels.connect_sign_in_to_application(application=1).upper()\nlabels.CONNECT_NAME.upper()\n"
        "labels.connect_sign_in_to_application()\n",
        encoding="utf-8",
    )
    report, errors, _ = mypy.run(["--strict", "--no-incremental", "--config-file=", str(tmp_path)])
    assert errors == ""
    assert [line.partition(": ")[2] for line in report.splitlines() if ": error" in line] == [
        'error: Missing named argument "application" for "connect_sign_in_to_application"  [call-arg]'
    ]


def test_the_module_for_typescript_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "labels.mts").write_text(printed("--language", "nb", "--typescript"), encoding="utf-8")
    names = constants._names(spoken("nb"))
    values = {ending: {names[key]: entry for key, entry in filled("nb", ending).items()} for ending in ("", ".")}
    (tmp_path / "values.json").write_text(json.dumps(list(values.values())), encoding="utf-8")
    (tmp_path / "check.mjs").write_text(
        """import * as labels from "./labels.mts";
import { readFileSync } from "node:fs";
let count = 0;
for (const texts of JSON.parse(readFileSync("values.json", "utf8"))) {
  for (const [name, [values, sentence]] of Object.entries(texts)) {
    const label = typeof labels[name] === "function" ? labels[name](values) : labels[name];
    if (label !== sentence) throw new Error(`${name}: ${label}`);
    count += 1;
  }
}
console.log(count);
""",
        encoding="utf-8",
    )
    command = [node()[0], "--experimental-strip-types", "--no-warnings", "check.mjs"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == str(2 * len(names)), done.stderr


@pytest.mark.parametrize(
    "arguments",
    [("--python",), ("--language=nb", "--language=nl", "--python"), ("--language=nb", "--python", "--typescript")],
)
def test_constants_are_of_one_language_in_one_language(arguments: tuple[str, ...]) -> None:
    result = CliRunner().invoke(cli, ["texts", *arguments])
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Constants are of one language, in Python or TypeScript" in result.stderr


def test_words_choose_among_the_constants() -> None:
    code = printed("--language", "nb", "--python", "Glemt", "ditt")
    assert 'CONNECT_SIGN_IN_FORGOT = "Glemt ditt passord?"\n"""connect.sign_in.forgot"""' in code
    assert "CONNECT_NAME" not in code
