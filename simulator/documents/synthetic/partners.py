"""The other sides of synthetic documents: made-up organisations, some for each country.

Own choice, all of it. Their numbers are of ranges that no scenario takes numbers from.
"""

from functools import cache

from simulator.documents.model.parties import Named, address_of

_TABLE = """
NO 319000003 Almevik Papir AS           | Fagerveien 4         | 0301 Almevik
NO 319000011 Bjørkedal Elektro AS       | Sagbakken 12         | 4001 Bjørkedal
NO 319000038 Blåfjord Båtservice AS     | Kaiveien 1           | 5401 Blåfjord
NO 319000046 Eikelund Kontor AS         | Eikestien 7          | 3110 Eikelund
NO 319000054 Elvesund Trykkeri AS       | Elvegata 22          | 6501 Elvesund
NO 319000062 Furulia Snekker AS         | Furulia 3            | 2201 Furulia
NO 319000070 Granåsen Varme AS          | Granåsveien 15       | 7020 Granåsen
NO 319000089 Haugsund Transport AS      | Havnegata 9          | 5501 Haugsund
NO 319000097 Høgdal Renhold AS          | Høgdalsvegen 2       | 3550 Høgdal
NO 319000100 Kvernbekk Catering AS      | Møllebakken 6        | 1601 Kvernbekk
NO 319000119 Lyngstad Blomster AS       | Lyngveien 31         | 6301 Lyngstad
NO 319000127 Ravnefjell Verktøy AS      | Fjellgata 18         | 8001 Ravnefjell
SE 9999980007 Almviken Papper AB        | Strandvägen 4        | 111 01 Almviken
SE 9999980015 Björkhult El AB           | Björkgatan 12        | 222 02 Björkhult
SE 9999980023 Ekebro Kontor AB          | Ekvägen 7            | 333 03 Ekebro
SE 9999980031 Forsnäs Tryckeri AB       | Forsgatan 22         | 444 04 Forsnäs
SE 9999980049 Furudal Snickeri AB       | Furuvägen 3          | 555 05 Furudal
SE 9999980056 Granliden Rör AB          | Granstigen 15        | 666 06 Granliden
SE 9999980064 Gråhamn Transport AB      | Hamngatan 9          | 777 07 Gråhamn
SE 9999980072 Högbacka Städ AB          | Högbackavägen 2      | 888 08 Högbacka
SE 9999980080 Kvarnby Catering AB       | Kvarngatan 6         | 123 09 Kvarnby
SE 9999980098 Lingonhed Blommor AB      | Hedvägen 31          | 234 10 Lingonhed
NL 99999701 Berkenrade Papier B.V.      | Berkenlaan 4         | 1000 AA Berkenrade
NL 99999702 Duinlo Elektra B.V.         | Duinweg 12           | 2000 BB Duinlo
NL 99999703 Eikenhorst Kantoor B.V.     | Eikenlaan 7          | 3000 CC Eikenhorst
NL 99999704 Elzenveen Drukkerij B.V.    | Elzenstraat 22       | 4000 DD Elzenveen
NL 99999705 Grasdrecht Timmerwerken B.V. | Grasweg 3           | 5000 EE Grasdrecht
NL 99999706 Heidewoude Klimaat B.V.     | Heidepad 15          | 6000 FF Heidewoude
NL 99999707 Kleiwaard Transport B.V.    | Havenkade 9          | 7000 GG Kleiwaard
NL 99999708 Korenbeek Schoonmaak B.V.   | Korenstraat 2        | 8000 HH Korenbeek
NL 99999709 Leliedam Catering B.V.      | Dam 6                | 9000 JJ Leliedam
NL 99999710 Lindehoeve Bloemen B.V.     | Lindelaan 31         | 1100 KK Lindehoeve
NL 99999711 Molenrade Loonbedrijf B.V.  | Molendijk 18         | 1200 LL Molenrade
NL 99999712 Zuiderwold Banden B.V.      | Ringweg 40           | 1300 MM Zuiderwold
DK 99998008 Birkelund Papir ApS         | Birkevej 4           | 1001 Birkelund
DK 99998016 Egeskov El ApS              | Egevej 12            | 2002 Egeskov
DK 99998024 Fjordby Transport ApS       | Havnevej 9           | 3003 Fjordby
DK 99998032 Grønlund Tryk ApS           | Grønvej 22           | 4004 Grønlund
FI 99998009 Hopeakoski Paperi Oy        | Koskitie 4           | 00010 Hopeakoski
FI 99998017 Järvelä Sähkö Oy            | Järvitie 12          | 10020 Järvelä
FI 99998025 Kuusimäki Kuljetus Oy       | Satamakatu 9         | 20030 Kuusimäki
FI 99998033 Lumijoki Paino Oy           | Jokikatu 22          | 30040 Lumijoki
"""

_LETTERS = str.maketrans("øæåöäé", "oaaoae")


@cache
def of_country(country: str) -> tuple[Named, ...]:
    """Return the organisations of a country; those of Norway for one that has none."""
    return _read().get(country) or _read()["NO"]


def electronic(country: str) -> tuple[Named, ...]:
    """Return those of a country that send and receive e-invoices: every second one."""
    return of_country(country)[::2]


def on_paper(country: str) -> tuple[Named, ...]:
    """Return those of a country that send and receive by e-mail and post only."""
    return of_country(country)[1::2]


@cache
def abroad(country: str) -> tuple[Named, ...]:
    """Return the organisations of all other countries."""
    return tuple(
        organisation for code, organisations in _read().items() if code != country for organisation in organisations
    )


@cache
def _read() -> dict[str, tuple[Named, ...]]:
    by_country: dict[str, list[Named]] = {}
    for row in _TABLE.strip().splitlines():
        who, street, town = (part.strip() for part in row.split("|"))
        country, number, name = who.split(" ", 2)
        postal_code, city = town.rsplit(" ", 1)
        address = address_of(country, number)
        by_country.setdefault(country, []).append(
            Named(
                name=name,
                country=country,
                organisation_number=number,
                scheme=address[0] if address else None,
                identifier=address[1] if address else None,
                email=f"post@{name.lower().split()[0].translate(_LETTERS)}.example",
                street=street,
                postal_code=postal_code,
                city=city,
            )
        )
    return {country: tuple(organisations) for country, organisations in by_country.items()}
