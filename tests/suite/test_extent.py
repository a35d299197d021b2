"""What a run leaves out for want of time, another one has; and the last lines of a run say where the time went."""

import pytest

TESTS = """
import pytest

def test_always(): pass

@pytest.mark.exhaustive
def test_at_length(): pass

@pytest.mark.sampled(2)
@pytest.mark.parametrize("number", range(6))
def test_some(number): pass

@pytest.mark.sampled(1, of="examples")
def test_an_example(): pass

@pytest.mark.sampled(1, of="examples")
def test_another_example(): pass
"""
PLUGINS = ("-p", "tests.suite.extent", "-p", "tests.suite.durations", "-p", "no:cacheprovider")


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Return a folder with a few tests, and no commit."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(TESTS)
    return pytester


def names(pytester: pytest.Pytester, *options: str) -> set[str]:
    """Return the tests of a run."""
    listed = pytester.runpytest_inprocess(*PLUGINS, "--collect-only", "-q", *options)
    return {line.partition("::")[2] for line in listed.outlines if "::" in line}


def test_a_sample_and_the_rest_are_all(run: pytest.Pytester) -> None:
    sample, rest, everything = (names(run, "--extent", extent) for extent in ("sample", "rest", "all"))
    assert len(everything) == 10
    assert sample | rest == everything and not sample & rest
    assert len([name for name in sample if name.startswith("test_some")]) == 2
    assert len([name for name in sample if name.endswith("example")]) == 1
    assert "test_always" in sample and "test_at_length" in rest


def test_another_commit_draws_another_sample_and_a_word_repeats_it(run: pytest.Pytester) -> None:
    drawn = [names(run, "--sample", word) for word in ("one", "two", "three")]
    assert len({frozenset(sample) for sample in drawn}) > 1
    assert names(run, "--sample", "one") == drawn[0]


def test_what_another_test_repeats_is_left_out_where_that_one_runs(run: pytest.Pytester) -> None:
    marked = "import pytest\n@pytest.mark.repeated\ndef test_repeated(): pass\n"
    run.makepyfile(test_walks=marked + "@pytest.mark.exhaustive\ndef test_with_pictures(): pass")
    chosen = {extent: names(run, "test_walks.py", "--extent", extent) for extent in ("sample", "rest", "all")}
    assert chosen == {"sample": {"test_repeated"}, "rest": {"test_with_pictures"}, "all": {"test_with_pictures"}}


def test_the_header_says_how_to_repeat_a_sample(run: pytest.Pytester) -> None:
    run.runpytest_inprocess(*PLUGINS).stdout.fnmatch_lines(["extent: sample, sample drawn by --sample=no-commit"])


def test_processes_of_one_run_draw_the_same_sample(run: pytest.Pytester) -> None:
    done = run.runpytest_subprocess(*PLUGINS, "-p", "xdist", "-n", "2", "--sample", "one")
    done.assert_outcomes(passed=4)


def test_the_slowest_files_are_printed_with_the_total(run: pytest.Pytester) -> None:
    run.makepyfile(test_another="def test_it(): pass")
    printed = run.runpytest_inprocess(*PLUGINS)
    printed.stdout.fnmatch_lines(["*slowest 2 test files*", "*1 tests  test_another.py", "*5 tests  in all 2 files"])
    printed = run.runpytest_inprocess(*PLUGINS, "--slowest-files", "1")
    printed.stdout.fnmatch_lines(["*slowest 1 test files*", "*5 tests  in all 2 files"])
