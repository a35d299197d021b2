"""The phone shows the code that is valid at present."""

from simulator.core.sandbox import Sandbox
from tests.reading import read
from tests.visits import Visitor, cast, password_of, phone_code

ADMINISTRATOR = "administrator@rietkraag.example"


def test_phones_with_an_authenticator_are_listed(visitor: Visitor) -> None:
    names = [link.text for link in read(visitor.get("/phone/").text).all("a") if link["class"] == "tile"]
    assert names == ["Anouk Vermaat", "Bram Teunisse", "Faisal Brandsma", "Saskia Wierda"]


def test_a_used_code_is_followed_by_the_next_and_then_by_none(visitor: Visitor, sandbox: Sandbox) -> None:
    person = cast(sandbox, "administrator")
    codes = []
    for _ in range(3):
        answer = visitor.get(f"/phone/{person.id}/code").json
        assert answer is not None
        codes.append(answer["code"])
        if answer["code"] is None:
            break
        visitor.client.delete_cookie("vnsim_default", path="/s/default/")
        visitor.begin_sign_in(ADMINISTRATOR)
        visitor.type_password(password_of(sandbox, ADMINISTRATOR))
        visitor.type_code(phone_code(sandbox, ADMINISTRATOR))
    assert None not in codes[:2]
    assert codes[2] is None
    assert "All codes of this moment are used" in visitor.get(f"/phone/{person.id}").text


def test_a_person_without_an_authenticator_has_no_phone_here(visitor: Visitor, sandbox: Sandbox) -> None:
    person = cast(sandbox, "no_two_step")
    assert visitor.get(f"/phone/{person.id}").status_code == 404
    assert visitor.get("/phone/999").status_code == 404
