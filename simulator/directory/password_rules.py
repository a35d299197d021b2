"""Rules for passwords, as data: which sets of them there are, and what a password has to have.

Source: Connect help, password policy (eight characters with a digit, an upper-case, a lower-case and a special character); guides
of products: 15 characters of any kind, and 15 characters with each kind and without < and >. Own choice: the codes; at most 200
characters.
"""

from dataclasses import dataclass

LONGEST = 200


@dataclass(frozen=True)
class Rule:
    """One password rule and whether a password meets it. ``code`` is the text key's last part."""

    code: str
    is_met: bool


@dataclass(frozen=True)
class PasswordRules:
    """A set of rules.

    Attributes:
        code: names it in the database, in calls and in text keys.
        shortest: the smallest number of characters.
        each_kind: whether a digit, an upper-case, a lower-case and a special character are required.
        forbidden: characters that may not occur.
    """

    code: str
    shortest: int
    each_kind: bool
    forbidden: str = ""

    def check(self, password: str) -> list[Rule]:
        """Check a password, in the order in which pages list the rules."""
        rules = [Rule("length", self.shortest <= len(password) <= LONGEST)]
        if self.each_kind:
            rules += [
                Rule("digit", any(character.isdigit() for character in password)),
                Rule("upper", any(character.isupper() for character in password)),
                Rule("lower", any(character.islower() for character in password)),
                Rule("special", any(not character.isalnum() and not character.isspace() for character in password)),
            ]
        if self.forbidden:
            rules.append(Rule("forbidden", not any(character in self.forbidden for character in password)))
        return rules

    def is_met(self, password: str) -> bool:
        """Return whether a password meets all rules."""
        return all(rule.is_met for rule in self.check(password))


DEFAULT = PasswordRules("default-8", 8, each_kind=True)
BY_CODE = {
    rules.code: rules
    for rules in (
        DEFAULT,
        PasswordRules("long-15", 15, each_kind=False),
        PasswordRules("strict-15", 15, each_kind=True, forbidden="<>"),
    )
}
"""The sets of rules by code."""
