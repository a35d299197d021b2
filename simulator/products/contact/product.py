"""Contact's name and blueprint, as the composition root registers them. Everybody may write to the vendor, so it has no tile."""

from simulator.web.product import MenuItem, Product

PRODUCT = Product(
    code="contact",
    name="contact.name",
    views="simulator.products.contact.views",
    menu=(MenuItem("contact.own_cases", "contact.own_cases"),),
)
