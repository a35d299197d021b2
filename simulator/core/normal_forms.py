"""The normal form of each kind of identifier: what is stored and what it is compared with go through the same function.

People paste blanks, dashes and characters that cannot be seen along with an identifier, and programs write it in capitals, so
no module compares such a text as it came. A text that is no identifier of its kind has a normal form too; whether it is one
is checked elsewhere.
"""

import re
import unicodedata

_UUID = re.compile(r"([0-9a-f]{8})(-?)([0-9a-f]{4})\2([0-9a-f]{4})\2([0-9a-f]{4})\2([0-9a-f]{12})")
_TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
"""Unicode's classes of characters that turn the direction of writing."""
_LENGTH = 36
_IN_BRACES = re.compile(r"\{(.*)\}")
_IN_PHONE_NUMBERS = re.compile(r"\(0\)|[\s().\-/]")
_TELEPHONE = re.compile(r"\+?[0-9]+")
_EMAIL_DOMAIN = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
_EMAIL = re.compile(rf"(?=[^@]{{1,64}}@)[a-z0-9!#$%&'*+^_`{{|}}~-]+(?:\.[a-z0-9!#$%&'*+^_`{{|}}~-]+)*@{_EMAIL_DOMAIN}")
_DOMAIN = re.compile(_EMAIL_DOMAIN)
LONGEST_EMAIL = 254
LONGEST_DOMAIN = 252


def visible(text: str) -> str:
    """Return a text without the characters that cannot be seen, such as a byte order mark or a zero width space.

    Letters and digits of full width become ordinary ones, dashes of any length hyphens, and blanks around the text are dropped.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    letters = (letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf")
    return "".join("-" if _is_dash(letter) else letter for letter in letters).strip()


def _is_dash(letter: str) -> bool:
    return unicodedata.category(letter) == "Pd" or letter == "\N{MINUS SIGN}"


def is_control(character: str) -> bool:
    """Return whether a character controls instead of being read: it could break a mail's head, or turn the text around it."""
    return unicodedata.category(character) in ("Cc", "Zl", "Zp", "Cs") or unicodedata.bidirectional(character) in _TURNS


def email(text: str) -> str:
    """Return an e-mail address, or the domain of one, in its normal form: trimmed, in lower case.

    Characters that turn the direction of writing stay, so that an address that reads as another one is refused.
    """
    return (text if any(unicodedata.bidirectional(letter) in _TURNS for letter in text) else visible(text)).strip().lower()


def is_email(text: str) -> bool:
    """Return whether a text has the form of an e-mail address.

    Source: RFC 5321, section 4.1.2, *Dot-string*. Own choice: letters, digits and signs of ASCII, without those with a meaning
    in a mail's header or in an address, no quoted names.
    """
    return len(text) <= LONGEST_EMAIL and _EMAIL.fullmatch(email(text)) is not None


def is_domain(text: str) -> bool:
    """Return whether a text has the form of an e-mail domain: the part after the @ of an address."""
    return len(text) <= LONGEST_DOMAIN and _DOMAIN.fullmatch(email(text)) is not None


def phone_number(text: str) -> str:
    """Return a telephone number in its normal form: digits, with a plus sign for *00* before the country.

    A text with anything but digits and the signs between them is returned trimmed.
    """
    number = _IN_PHONE_NUMBERS.sub("", visible(text))
    if not number.isascii() or not _TELEPHONE.fullmatch(number):
        return visible(text)
    return "+" + number.removeprefix("00") if number.startswith("00") else number


def recipient(text: str) -> str:
    """Return the address of a message in its normal form: an e-mail address or a telephone number."""
    return email(text) if "@" in text else phone_number(text)


def uuid(text: str) -> str:
    """Return a UUID in its normal form: lower case, with dashes. Other texts are returned trimmed.

    Source: RFC 9562, section 4, for the form and *urn:uuid:*. Own choice: braces around it, and no dashes at all, are taken too.
    """
    if _UUID.fullmatch(text) and len(text) == _LENGTH:
        return text
    match = _UUID.fullmatch(_IN_BRACES.sub(r"\1", visible(text)).lower().removeprefix("urn:uuid:"))
    return "-".join(match.group(1, 3, 4, 5, 6)) if match else visible(text)


def is_uuid(text: str) -> bool:
    """Return whether a text is a UUID, however it is written."""
    return _UUID.fullmatch(uuid(text)) is not None


def number(text: str) -> str:
    """Return the number of an organisation, of a VAT registration or the like: capitals, without blanks, dots and dashes."""
    return re.sub(r"[\s.\-]", "", visible(text)).upper()


def participant(text: str) -> str:
    """Return what follows the scheme in an electronic address: capitals, without blanks.

    Source: Peppol, policy for use of identifiers: case makes no difference.
    """
    return "".join(visible(text).split()).upper()


def code(text: str) -> str:
    """Return a code for one use in its normal form: capitals and digits, and nothing that stands between them."""
    letters = (letter for letter in visible(text).upper() if letter.isalnum())
    return "".join(str(unicodedata.decimal(letter, letter)) for letter in letters)


def password(text: str) -> str:
    """Return a password in its normal form.

    Source: RFC 8265, section 4.2.1, *OpaqueString*: blanks of any kind are the ASCII one, and letters are composed (NFC).
    """
    return unicodedata.normalize("NFC", "".join(" " if unicodedata.category(letter) == "Zs" else letter for letter in text))


def folded(text: str) -> str:
    """Return a text as searches compare it: case folded, composed, with single blanks.

    Source: The Unicode Standard, D145, canonical caseless matching.
    """
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold()).split())


def subject(text: str) -> str:
    """Return a text that identifies anything in its normal form, for comparisons when the kind is not known."""
    if "@" in text:
        return email(text)
    identifier = uuid(text)
    return identifier if is_uuid(identifier) else number(text)
