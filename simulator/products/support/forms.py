"""Forms of the support desk."""

from simulator.web.forms import Form, area_field

MAX_DOMAINS_LENGTH = 5_000


class Right(Form):
    """E-mail domains for whose users a person may generate codes."""

    domains = area_field("support.right.domains", required=False, longest=MAX_DOMAINS_LENGTH, render_kw={"rows": 4})
