"""Looking a participant up in the registers: what the SMP says of it, with and without a signature, and the SML's record."""

from urllib.parse import quote

from bench import vnsim
from bench.figures import Effort, Figure, median
from bench.floor import bare
from bench.load import requests_per_second

AIM = 500
CONNECTIONS = 2
REQUESTS = 600
"""In each round."""

SCENARIO = "company-no"
PARTICIPANT = quote("iso6523-actorid-upis::0192:310000019", safe="")
DOCUMENT = quote(
    "busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice"
    "##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1",
    safe="",
)
LABEL = "rh3ezm4oszft5n33h24koxobpg3a275kqliwcfzwenzlvrbdetsq"

PATHS = {
    "SMP: a participant": f"smp/{PARTICIPANT}",
    "SMP: signed metadata": f"smp/{PARTICIPANT}/services/{DOCUMENT}",
    "SML: a record": f"sml/{LABEL}",
}


def measure(effort: Effort) -> list[Figure]:
    """Ask for each in rounds, in turn with a bare page of one row."""
    figures = []
    with vnsim.fresh() as data_dir, vnsim.served(data_dir) as server, bare() as port:
        client = server.client()
        made = server.api.call("POST", "/sandboxes", {"scenario": SCENARIO})
        home = f"/s/{made['name']}"
        for name, path in PATHS.items():
            address = f"{home}/{path}"
            size = len(client.get(address).text)
            ours, floor = [], []
            for _ in range(effort.rounds):
                floor.append(
                    requests_per_second(port, "/rows?rows=1&columns=1", "", connections=CONNECTIONS, requests=REQUESTS)
                )
                ours.append(requests_per_second(server.port, address, "", connections=CONNECTIONS, requests=REQUESTS))
            value = median(ours)
            figures.append(
                Figure(
                    name, value, "req/s", ours, "bare Flask + Jinja, 1 row", median(floor), f">= {AIM}/s", value >= AIM,
                    f"{size / 1024:.1f} kB",
                )
            )  # fmt: skip
        client.close()
    return figures
