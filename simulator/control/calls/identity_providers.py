"""Calls about who proves who people are: policies of e-mail domains, and accounts at the external provider."""

from simulator.control import identity_schemas as schemas
from simulator.control.calls.support_access import customer_of
from simulator.control.table import Calls, store
from simulator.core import normal_forms
from simulator.core.errors import BadInput, NotFound
from simulator.core.sandbox import Db
from simulator.directory.email_domains import domains
from simulator.directory.email_domains.models import EmailDomain
from simulator.directory.identity_providers import IdentityProvider
from simulator.directory.password_rules import BY_CODE
from simulator.products.openid.models import Answer, ExternalAccount
from simulator.web.calls.fields import choice, email, flag, list_of, stripped_line, text

blueprint = Calls("identity_providers", __name__)

POLICY = {
    "customer": text(longest=60, required=True),
    "require_two_step": flag(),
    "password_rules": choice(*BY_CODE),
    "identity_providers": list_of(choice(*IdentityProvider), least=1),
}
ACCOUNT = {
    "email": email(required=True),
    "first_name": stripped_line(longest=60, required=True),
    "last_name": stripped_line(longest=60, required=True),
    "two_factors": flag(),
    "answer": choice(*Answer),
}


@blueprint.call("GET", "/sandboxes/{name}/email-domains", refusals=(404,))
def list_email_domains(name: str) -> list[schemas.EmailDomain]:
    """List the e-mail domains of all customers, by name."""
    with store().open(name) as sandbox, sandbox.reading() as db:
        return [_describe_domain(row) for row in domains.all_of(db)]


@blueprint.call("PUT", "/sandboxes/{name}/email-domains/{domain}", body=POLICY, refusals=(404, 422))
def set_email_domain(
    name: str,
    domain: str,
    customer: str,
    require_two_step: bool | None,
    password_rules: str | None,
    identity_providers: list[str] | None,
) -> schemas.EmailDomain:
    """Let a customer have verified an e-mail domain, and set its policy; what is not sent stays."""
    with store().open(name) as sandbox, sandbox.transaction() as db:
        row = _verified(db, customer, domain)
        rules = BY_CODE[password_rules or row.password_rules]
        domains.set_policy(
            db,
            None,
            row,
            require_two_step=row.require_two_step if require_two_step is None else require_two_step,
            rules=rules,
            identity_providers=row.identity_providers if identity_providers is None else identity_providers,
        )
        return _describe_domain(row)


@blueprint.call("GET", "/sandboxes/{name}/external-accounts", refusals=(404,))
def list_external_accounts(name: str) -> list[schemas.ExternalAccount]:
    """List the accounts at the external provider, by user name."""
    from simulator.products.openid.services import external

    with store().open(name) as sandbox, sandbox.reading() as db:
        return [_describe_account(account) for account in external.all_of(db)]


@blueprint.call("PUT", "/sandboxes/{name}/external-accounts/{user_name}", body=ACCOUNT, refusals=(404, 422))
def set_external_account(
    name: str, user_name: str, email: str, first_name: str, last_name: str, two_factors: bool | None, answer: str | None
) -> schemas.ExternalAccount:
    """Add an account at the external provider, or change what the provider tells of it."""
    from simulator.products.openid.services import external

    particulars = external.Particulars(
        user_name=user_name,
        email=email,
        first_name=first_name,
        last_name=last_name,
        two_factors=bool(two_factors),
        answer=answer or Answer.SIGNED_IN,
    )
    with store().open(name) as sandbox, sandbox.transaction() as db:
        return _describe_account(external.set_account(db, particulars))


@blueprint.call("DELETE", "/sandboxes/{name}/external-accounts/{user_name}", status=204, refusals=(404,))
def remove_external_account(name: str, user_name: str) -> None:
    """Remove an account at the external provider."""
    from simulator.products.openid.services import external

    with store().open(name) as sandbox, sandbox.transaction() as db:
        account = external.by_user_name(db, user_name)
        if account is None:
            raise NotFound("external account", user_name)
        external.remove(db, account)


def _verified(db: Db, customer: str, domain: str) -> EmailDomain:
    if not normal_forms.is_domain(domain):
        raise BadInput([("domain", "write a domain such as example.com")])
    return domains.ensure_verified(db, customer_of(db, customer), normal_forms.email(domain))


def _describe_domain(row: EmailDomain) -> schemas.EmailDomain:
    return {
        "domain": row.domain,
        "customer": row.customer.number,
        "verified": row.verified_at is not None,
        "require_two_step": row.require_two_step,
        "password_rules": row.password_rules,
        "identity_providers": row.identity_providers,
    }


def _describe_account(account: ExternalAccount) -> schemas.ExternalAccount:
    return {
        "user_name": account.user_name,
        "email": account.email,
        "first_name": account.first_name,
        "last_name": account.last_name,
        "two_factors": account.two_factors,
        "answer": account.answer,
    }
