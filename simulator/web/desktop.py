"""Programs on a computer: the window in which their pages are, with its menu bar, side tree, ribbon and wizards.

A program says what its window has by the classes here, mostly as constants, and renders its pages with ``window``. Page templates
extend ``desktop/window.html`` or ``desktop/wizard.html`` and take the rest from ``desktop/parts.html``. Texts are text keys;
endpoints may begin with a dot, as for ``url_for``, and get the ``client`` of the present address, unless they say another one.
The line at the bottom is the block ``status``; a number found is there at the right (``count``).

Own choice: the whole look; manuals give labels, order, and where numbers and buttons are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import Response, request, url_for

from simulator.web.forms import Form
from simulator.web.pages import not_simulated as platform_not_simulated
from simulator.web.pages import page, present_client

if TYPE_CHECKING:
    from simulator.web.fidelity import Statement


@dataclass(frozen=True)
class MenuEntry:
    """An entry of a menu, a side tree or a ribbon: it leads to a page, sends a command, or opens further entries.

    Attributes:
        text: text key.
        endpoint: the page that it leads to; None for an entry that opens ``entries``.
        address: further arguments of the page's address.
        entries: those of its submenu, or those below it in a tree.
        icon: name of a vendored icon; in a ribbon.
        is_command: whether it sends a command, a POST, to the endpoint; in a ribbon.
        refusal: text key of the reason why it cannot be used now; in a ribbon.
    """

    text: str
    endpoint: str | None = None
    address: Mapping[str, Any] = field(default_factory=dict)
    entries: "tuple[MenuEntry, ...]" = ()
    icon: str | None = None
    is_command: bool = False
    refusal: str | None = None

    @property
    def href(self) -> str | None:
        """Its address; None when it opens further entries."""
        if self.endpoint is None:
            return None
        return url_for(self.endpoint, **{**present_client(self.endpoint), **self.address})

    @property
    def is_current(self) -> bool:
        """Whether the present page is the one that it leads to."""
        return (
            self.endpoint is not None
            and not self.is_command
            and (self.href or "").partition("?")[0] == (request.script_root + request.path)
        )

    @property
    def holds_current(self) -> bool:
        """Whether the present page is this one, or one of the entries below."""
        return self.is_current or any(entry.holds_current for entry in self.entries)


@dataclass(frozen=True)
class Menu:
    """A menu of the menu bar.

    Attributes:
        text: text key.
        entries: what it opens.
    """

    text: str
    entries: tuple[MenuEntry, ...]


@dataclass(frozen=True)
class RibbonGroup:
    """A group of a ribbon, with its name below the entries.

    Attributes:
        text: text key.
        entries: links and commands.
    """

    text: str
    entries: tuple[MenuEntry, ...]


@dataclass(frozen=True)
class Button:
    """A button of a wizard or a dialog; the form is sent with ``action=<action>``.

    Attributes:
        action: what the view reads.
        text: text key.
        is_default: whether Enter in a field presses it.
        is_disabled: whether it cannot be pressed now.
    """

    action: str
    text: str
    is_default: bool = False
    is_disabled: bool = False


PREVIOUS = Button("previous", "desktop.previous")
NEXT = Button("next", "desktop.next", is_default=True)
CREATE = Button("create", "desktop.create", is_default=True)
SAVE = Button("save", "desktop.save", is_default=True)
OK = Button("ok", "desktop.ok", is_default=True)
CANCEL = Button("cancel", "ui.cancel")


@dataclass(frozen=True)
class Wizard:
    """A wizard at one of its steps.

    Attributes:
        name: text key.
        steps: text keys of all steps, in their order.
        current: the index of the present step.
        buttons: from left to right, at the bottom right.
        follows: whether the step keeps up with the platform while it is open.
    """

    name: str
    steps: Sequence[str]
    current: int
    buttons: Sequence[Button] = (PREVIOUS, NEXT, CANCEL)
    follows: bool = False


@dataclass(frozen=True, kw_only=True)
class Window:
    """The window around a page of a program.

    Attributes:
        version: the version that is installed.
        client: name of the client company that is open; None before a choice.
        menus: of the menu bar.
        tree: entries of the side tree.
        ribbon: groups of the ribbon below the menu bar.
    """

    version: str | None = None
    client: str | None = None
    menus: Sequence[Menu] = ()
    tree: Sequence[MenuEntry] = ()
    ribbon: Sequence[RibbonGroup] = ()


def window(template: str, title: str, in_window: Window, *, status: int = 200, **values: Any) -> Response:
    """Render a page of a program in its window.

    Args:
        template: one that extends ``desktop/window.html``.
        title: as for ``pages.page``: the heading of the page, in its language.
        in_window: the window.
        status: HTTP status.
        values: what the template shows, and further arguments of ``pages.page``.
    """
    return page(template, title, with_menu=False, status=status, window=in_window, **values)


def wizard_step(
    title: str, in_window: Window, wizard: Wizard, form: Form, *, template: str = "desktop/wizard.html", **values: Any
) -> Response:
    """Render a step of a wizard in its window.

    Args:
        title: the name of the step, in its language.
        in_window: the window.
        wizard: the steps, and the buttons of this one.
        form: what the step has to fill in; a form without fields when it has nothing.
        template: one that extends the default, which shows the fields of the form, with a block ``step``.
        values: as for ``window``.
    """
    return window(template, title, in_window, wizard=wizard, form=form, **values)


def not_simulated(key: str, title: str, in_window: Window, sections: "Sequence[Statement]" = (), **values: Any) -> Response:
    """Render a page of a program that says what the vendor's page holds and what to use instead.

    Args:
        key: text key of the page; ``.holds`` and ``.meanwhile`` behind it are the keys of the two sentences.
        title: as for ``window``.
        in_window: the window.
        sections: the manual sections that are left out with it.
        values: what the template shows besides.
    """
    return platform_not_simulated(
        key, title, sections, template="desktop/not_simulated.html", with_menu=False, window=in_window, **values
    )
