"""Find the labels of a manual in the language it is walked in.

A manual names labels as its source prints them. Walked in another language they are found through the text
keys of the platform: every key that says the label in the source language is looked up in the other one.
"""

import re
from collections.abc import Mapping

from .words import Label, Words

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


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
        return next(iter(answers), text)

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

    def _by_key(self, text: str, key: str) -> str:
        original = self._texts.get(self.source, {}).get(key)
        if original is None:
            raise LabelError(f"the platform has no text with the key {key} in {self.source}")
        pattern, names, end = "", [], 0
        for match in _PLACEHOLDER.finditer(original):
            pattern += re.escape(original[end : match.start()]) + "(.+?)"
            names.append(match.group(1))
            end = match.end()
        fitting = re.fullmatch(pattern + re.escape(original[end:]), text, re.DOTALL)
        if fitting is None:
            raise LabelError(f"the label is '{text}', but the text of its key {key} is '{original}'")
        values = dict(zip(names, fitting.groups(), strict=True))
        return _PLACEHOLDER.sub(lambda match: values.get(match.group(1), match.group(0)), self.of_key(key))
