"""Forms of the support desk."""

from simulator.web.forms import Form, area_field

LONGEST_DOMAINS = 5_000


class Right(Form):
    """E-mail domains for whose users a person may generate codes."""

    domains = area_field("support.right.domains", required=False, longest=LONGEST_DOMAINS, render_kw={"rows": 4})
