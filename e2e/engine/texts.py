"""Find the labels of a manual in the language it is walked in.

A manual names labels as its source prints them. Walked in another language they are found through the text
keys of the platform: every key that says the label in the source language is looked up in the other one.
"""

import re
from collections.abc import Mapping
from functools import cache, cached_property

from .words import Label, Words

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


LEAST_LETTERS = 5
"""Own choice: letters that a text has beside its placeholders for a label to be recognised as it."""

LEAST_PART = 1 / 3
"""Own choice: the part of a label's letters that must be the text's own."""


class LabelError(Exception):
    """A label cannot be found in the language of the walk; the text says which keys compete."""


class Labels:
    """Labels of one manual, read in one language.

    Args:
        source: The language of the manual.
        language: The language of the walk.
        texts: Language → key → text, for both languages.
    """

    def __init__(self, source: str, language: str, texts: Mapping[str, Mapping[str, str]]) -> None:
        self.source = source
        self.language = language
        self._texts = texts
        self.untranslated: set[str] = set()
        """Labels that were taken for data, which is the same in every language."""
        self._keys: dict[str, list[str]] = {}
        for key, text in texts.get(source, {}).items():
            self._keys.setdefault(text, []).append(key)

    def of_key(self, key: str) -> str:
        """Give the text of a key in the language of the walk.

        Raises:
            LabelError: There is no such key.
        """
        text = self._texts.get(self.language, {}).get(key)
        if text is None:
            raise LabelError(f"the platform has no text with the key {key} in {self.language}")
        return text

    def of(self, label: Label) -> str:
        """Give a label in the language of the walk.

        Raises:
            LabelError: Several keys say the label and differ, or the key that was named does not fit.
        """
        written = label.text.in_language(self.language, self.source)
        if written is not None and (self.language == self.source or self.language in label.text.by_language):
            return written
        return self.translate(label.text.source(self.source), label.key)

    def translate(self, text: str, key: str | None = None) -> str:
        """Give a label of the source language in the language of the walk.

        Args:
            text: The label, literal.
            key: The text key, where the manual names it. Only then may the text have placeholders: what
                stands in their place in the label is kept.

        Raises:
            LabelError: Several keys say the label and differ, or the key that was named does not fit.
        """
        if self.language == self.source:
            return text
        if key is not None:
            return self._by_key(text, key)
        keys = self._keys.get(text, [])
        answers: dict[str, list[str]] = {}
        for candidate in keys:
            answers.setdefault(self.of_key(candidate), []).append(candidate)
        if len(answers) > 1:
            competing = "; ".join(f"{', '.join(keys)} says '{answer}'" for answer, keys in sorted(answers.items()))
            raise LabelError(
                f"the label '{text}' has several texts in {self.language}: {competing}. Name the one that is meant with key:"
            )
        if not answers:
            self.untranslated.add(text)
        return next(iter(answers), text)

    def hint(self, text: str) -> str | None:
        """Say which text of the platform a label fits that has placeholders; None when it is a whole text, or fits none.

        A label with a name or a number in it is found in another language only when the manual names its key.
        """
        if text in self._keys:
            return None
        fitting = self.fitting(text)
        if not fitting:
            return None
        texts = "; ".join(f"{key} says '{self._texts[self.source][key]}'" for key in fitting[:3])
        return f"the label '{text}' may be a text with something filled in ({texts}): name it with key: {fitting[0]}"

    def fitting(self, text: str) -> list[str]:
        """Give the keys of the texts with placeholders that a label of the source language fits."""
        least = len(_letters(text)) * LEAST_PART
        spoken = self._texts.get(self.source, {})
        fitting = (key for key, pattern in self._patterns.items() if pattern.fullmatch(text))
        return [key for key in fitting if len(_letters(spoken[key])) >= least]

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        """The texts with placeholders that say enough beside them to be recognised, by key, the longest first."""
        spoken = {key: len(_letters(text)) for key, text in self._texts.get(self.source, {}).items() if "%(" in text}
        keys = sorted((key for key, letters in spoken.items() if letters >= LEAST_LETTERS), key=lambda key: -spoken[key])
        return {key: _compiled(self._texts[self.source][key]) for key in keys}

    def words(self, words: Words, steps_labels: Mapping[str, str] | None = None) -> str:
        """Give what the reader is told, in the language of the walk.

        Where the manual has no text for the language, its own is given with the labels between `**`
        translated.

        Args:
            words: The text.
            steps_labels: Label → text key, for labels that the same step names with their key.
        """
        written = words.in_language(self.language, self.source)
        if written is not None:
            return written

        def translated(match: re.Match[str]) -> str:
            label = match.group(1)
            try:
                return f"**{self.translate(label, (steps_labels or {}).get(label))}**"
            except LabelError:
                return match.group(0)

        return _BOLD.sub(translated, words.source(self.source))

    def check_key(self, text: str, key: str) -> dict[str, str]:
        """Check that a label fits the text of a key; give what stands in the place of its placeholders.

        Raises:
            LabelError: There is no such key, or the label does not fit.
        """
        original = self._texts.get(self.source, {}).get(key)
        if original is None:
            raise LabelError(f"the platform has no text with the key {key} in {self.source}")
        pattern, names = _pattern(original)
        fitting = re.fullmatch(pattern, text, re.DOTALL)
        if fitting is None:
            raise LabelError(f"the label is '{text}', but the text of its key {key} is '{original}'")
        return dict(zip(names, fitting.groups(), strict=True))

    def _by_key(self, text: str, key: str) -> str:
        values = self.check_key(text, key)
        return _PLACEHOLDER.sub(lambda match: values.get(match.group(1), match.group(0)), self.of_key(key))


def _pattern(original: str) -> tuple[str, list[str]]:
    """Return the pattern of what a text with placeholders can say, and the names of the placeholders."""
    pattern, names, end = "", [], 0
    for match in _PLACEHOLDER.finditer(original):
        pattern += re.escape(original[end : match.start()]) + "(.+?)"
        names.append(match.group(1))
        end = match.end()
    return pattern + re.escape(original[end:]), names


@cache
def _compiled(original: str) -> re.Pattern[str]:
    """Compile the pattern of a text: once, though every manual meets it anew in every language."""
    return re.compile(_pattern(original)[0], re.DOTALL)


def _letters(original: str) -> str:
    return "".join(filter(str.isalpha, _PLACEHOLDER.sub("", original)))
