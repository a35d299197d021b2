"""What a walk looks for, in words of the page: the roles of each kind of thing, and what to say when it is not there."""

ROLES: dict[str, tuple[str, ...]] = {
    "link": ("link",),
    "button": ("button",),
    "menuitem": ("menuitem", "menuitemcheckbox", "menuitemradio"),
    "tab": ("tab",),
    "heading": ("heading",),
    "textbox": ("textbox", "searchbox", "spinbutton"),
    "checkbox": ("checkbox", "switch"),
    "radio": ("radio",),
    "combobox": ("combobox", "listbox"),
    "option": ("option",),
    "row": ("row", "listitem"),
    "column": ("columnheader",),
    "cell": ("cell", "gridcell", "rowheader"),
}
SECTIONS = ("region", "dialog", "alertdialog", "group", "form", "tabpanel", "navigation", "table", "list")


class NotFound(Exception):
    """The thing is not there (yet); the text says what is there instead."""
