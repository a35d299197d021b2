"""A scenario or manual from outside is bounded, and refused with one sentence, whatever it is."""

from pathlib import Path

import pytest

import seed
from e2e.engine import library
from simulator.core.bounded_yaml import MAX_DEPTH, MAX_LENGTH, MAX_VALUES

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 20)
)
MERGE = "a0: &a0 {k0: x, l0: y}\n" + "".join(
    f"a{level}: &a{level} {{<<: [{', '.join([f'*a{level - 1}'] * 10)}], k{level}: x}}\n" for level in range(1, 20)
)
BAD = {
    "aliases": BOMB,
    "merges": MERGE,
    "deep": "a: " + "[" * 100_000,
    "deep and closed": "a: " + "[" * 5000 + "]" * 5000,
    "deep by indentation": "".join(f"{' ' * level}a:\n" for level in range(MAX_DEPTH + 5)),
    "many": "a: [" + "x, " * MAX_VALUES + "x]",
    "long": "a: " + "x" * MAX_LENGTH,
    "a day of no month": "id: x\nnow: !!timestamp 2022-13-45\n",
    "a bad day": "id: x\nnow: 2022-13-45\n",
    "no day": "now: !!timestamp soon\n",
    "no number": "a: !!int ''\n",
    "no fraction": "a: !!float many\n",
    "digits": "a: " + "9" * 5000,
    "itself": "a: &a [*a]\n",
    "an unknown tag": "a: !!python/object:os.system x\n",
    "two documents": "a: 1\n---\nb: 2\n",
    "control characters": "a: \x00\x07\n",
    "surrogates": "a: \ud800",
}


@pytest.mark.parametrize("what", BAD)
@pytest.mark.parametrize("kind", ["scenario", "manual"])
def test_a_file_from_outside_is_refused_with_lines_and_never_fails(kind: str, what: str, tmp_path: Path) -> None:
    file = tmp_path / "file.yaml"
    file.write_bytes(BAD[what].encode("utf-8", "surrogatepass"))
    lines = [": ".join(problem) for problem in seed.check(file)] if kind == "scenario" else library.check([str(file)])
    assert lines
    assert all(len(line) < 1000 and "\n" not in line for line in lines)


def test_what_reads_scenarios_and_what_reads_manuals_have_the_same_bounds() -> None:
    root = Path(seed.__file__).parents[1]
    server, walker = (root / path for path in ("simulator/core/bounded_yaml.py", "e2e/engine/bounded_yaml.py"))
    codes = [file.read_text(encoding="utf-8").partition("\nfrom ")[2] for file in (server, walker)]
    assert codes[0] == codes[1]
