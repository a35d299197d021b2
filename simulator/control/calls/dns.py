"""Calls about the simulated DNS, in which customers prove that an e-mail domain is theirs."""

from simulator.control import schemas
from simulator.control.table import Calls, store
from simulator.core import normal_forms
from simulator.core.errors import BadInput
from simulator.directory.email_domains import domains
from simulator.web.calls.fields import list_of, stripped_line

blueprint = Calls("dns", __name__)

RECORDS = {"txt": list_of(stripped_line(longest=255), required=True)}


@blueprint.call("GET", "/sandboxes/{name}/dns/{domain}", refusals=(404, 422))
def show_dns(name: str, domain: str) -> schemas.DnsRecords:
    """Return the texts of a domain's TXT records."""
    with store().open(name) as sandbox, sandbox.reading() as db:
        domain = _domain(domain)
        return {"domain": domain, "txt": domains.dns_texts(db, domain)}


@blueprint.call("PUT", "/sandboxes/{name}/dns/{domain}", body=RECORDS, refusals=(404, 422))
def set_dns(name: str, domain: str, txt: list[str]) -> schemas.DnsRecords:
    """Set the texts of a domain's TXT records, in place of those before; an empty list removes them."""
    with store().open(name) as sandbox, sandbox.transaction() as db:
        domain = _domain(domain)
        domains.set_dns_texts(db, domain, txt)
        return {"domain": domain, "txt": txt}


def _domain(typed: str) -> str:
    if not normal_forms.is_domain(typed):
        raise BadInput([("domain", "write a domain such as example.com")])
    return normal_forms.email(typed)
