"""What a scenario says to its reader: the words of the caller, the task, when it is solved.

A scenario of somebody's own says it itself. Those that come with the simulator keep the state only, and their exercises say it.
"""

from typing import Any

from simulator.classroom import exercises
from simulator.classroom.progress import facts_of, filled
from simulator.control.table import scenarios
from simulator.core.sandbox import Db
from simulator.core.texts import LANGUAGES

Summary = dict[str, Any]


def completed(summary: Summary) -> Summary:
    """Return the summary of a scenario that comes with the simulator, with what its exercise says."""
    exercise = exercises.of_scenario(summary["name"])
    if exercise is None:
        return summary
    return {
        **summary,
        "supporter": _by_language(exercise.says, exercise) if exercise.says is not None else None,
        "task": {"person": exercise.person, "text": _by_language(exercise.task, exercise)},
        "solved": [fact for goal in exercise.goals for fact in goal.facts],
    }


def summary_of(db: Db) -> Summary | None:
    """Return the summary of a sandbox's scenario, its texts and facts filled in; None when the server has no such scenario."""
    record = db.record
    summary: Summary | None = scenarios().summary(record.scenario, record.scenario_text)
    exercise = exercises.of_scenario(record.scenario) if record.scenario_text is None else None
    if summary is None or exercise is None:
        return summary
    summary = completed(summary)
    task = summary["task"]
    return {
        **summary,
        "supporter": _filled(summary["supporter"], db) if summary["supporter"] else None,
        "task": {**task, "text": _filled(task["text"], db)},
        "solved": facts_of(db, exercise),
    }


def summary_with_task(db: Db) -> Summary | None:
    """Return the summary of a sandbox's scenario if it has a task; the file of one without is not read."""
    record = db.record
    if record.scenario_text is None and exercises.of_scenario(record.scenario) is not None:
        return summary_of(db)
    summary: Summary | None = scenarios().with_task(record.scenario, record.scenario_text)
    return summary


def _by_language(texts: Any, exercise: Any) -> dict[str, str]:
    return {language: exercises.words(texts, language, exercise.language) for language in LANGUAGES}


def _filled(texts: dict[str, str], db: Db) -> dict[str, str]:
    return {language: filled(text, db) for language, text in texts.items()}
