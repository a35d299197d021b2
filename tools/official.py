"""Compare verdicts on made-up documents with those of the official Schematron files: ``make official RULES=<directory>``.

The directory, or one below it, holds ``CEN-EN16931-UBL.sch`` and ``PEPPOL-EN16931-UBL.sch``, as OpenPEPPOL publishes them, and
``PEPPOL-EN16931-UBL-SB.sch`` where self-billing is compared too. Needs the extra ``[official]``; without it, it says so.
"""

import argparse
import copy
import sys
from pathlib import Path
from typing import Any

from lxml import etree

from simulator.documents.ubl.parsing import parse, schema_problems
from simulator.documents.ubl.rules import GROUPS, broken
from tools.vocabulary import ATTRIBUTES, BASES, TEXTS

SCHEMATRON = "{http://purl.oclc.org/dsdl/schematron}"
XSL = "http://www.w3.org/1999/XSL/Transform"
COMMON, ORDINARY, SELF_BILLED = "CEN-EN16931-UBL", "PEPPOL-EN16931-UBL", "PEPPOL-EN16931-UBL-SB"


def transformation(path: Path) -> str:
    """Return a Schematron file as a stylesheet that writes the name of each rule that a document breaks on a line of its own."""
    schema = etree.parse(path).getroot()
    spaces = {str(space.get("prefix")): str(space.get("uri")) for space in schema.iter(f"{SCHEMATRON}ns")}
    names = {"xsl": XSL, "xs": "http://www.w3.org/2001/XMLSchema"} | spaces
    sheet = etree.Element(f"{{{XSL}}}stylesheet", {"version": "2.0"}, nsmap=names)
    etree.SubElement(sheet, f"{{{XSL}}}output", method="text")
    for function in schema.iter(f"{{{XSL}}}function"):
        sheet.append(copy.deepcopy(function))
    patterns = list(schema.iter(f"{SCHEMATRON}pattern"))
    for scope in (schema, *patterns):
        for let in scope.findall(f"{SCHEMATRON}let"):
            if let.get("name") not in {variable.get("name") for variable in sheet.findall(f"{{{XSL}}}variable")}:
                etree.SubElement(sheet, f"{{{XSL}}}variable", name=let.get("name"), select=let.get("value"))
    root = etree.SubElement(sheet, f"{{{XSL}}}template", match="/")
    for number, pattern in enumerate(patterns):
        mode = f"pattern-{number}"
        etree.SubElement(root, f"{{{XSL}}}apply-templates", select="/", mode=mode)
        rules = pattern.findall(f"{SCHEMATRON}rule")
        for at, rule in enumerate(rules):
            template = etree.SubElement(
                sheet, f"{{{XSL}}}template", match=rule.get("context"), mode=mode, priority=str(len(rules) - at + 10)
            )
            for let in rule.findall(f"{SCHEMATRON}let"):
                etree.SubElement(template, f"{{{XSL}}}variable", name=let.get("name"), select=let.get("value"))
            for check in rule.findall(f"{SCHEMATRON}assert"):
                condition = etree.SubElement(template, f"{{{XSL}}}if", test=f"not({check.get('test')})")
                text = etree.SubElement(condition, f"{{{XSL}}}text")
                text.text = f"{check.get('id')}\n"
            etree.SubElement(template, f"{{{XSL}}}apply-templates", select="*|@*", mode=mode)
        etree.SubElement(sheet, f"{{{XSL}}}template", match="text()", mode=mode, priority="-1")
        walk = etree.SubElement(sheet, f"{{{XSL}}}template", match="*|/", mode=mode, priority="-1")
        etree.SubElement(walk, f"{{{XSL}}}apply-templates", select="*|@*", mode=mode)
        etree.SubElement(sheet, f"{{{XSL}}}template", match="@*", mode=mode, priority="-1")
    return etree.tostring(sheet, encoding="unicode")


class Official:
    """The official rules, ready to run."""

    def __init__(self, directory: Path) -> None:
        from saxonche import PySaxonProcessor

        self._processor = PySaxonProcessor(license=False)
        compiler = self._processor.new_xslt30_processor()
        self.sheets: dict[str, Any] = {}
        for name in (COMMON, ORDINARY, SELF_BILLED):
            path = next(iter(sorted(directory.rglob(f"{name}.sch"))), None)
            if path is not None:
                self.sheets[name] = compiler.compile_stylesheet(stylesheet_text=transformation(path))

    def broken(self, document: str, process: str) -> set[str]:
        """Return the names of the rules that a document breaks."""
        node = self._processor.parse_xml(xml_text=document)
        return {
            rule
            for name in (COMMON, process)
            for rule in self.sheets[name].transform_to_string(xdm_node=node).split()
            if rule
        }


def mutated(data: Any, strategies: Any) -> "etree._Element":
    """Return a document of the vocabulary with up to three changes: an element left out, twice, or with another text."""
    root = etree.fromstring(data.draw(strategies.sampled_from(BASES)))
    for _ in range(data.draw(strategies.integers(0, 3))):
        elements = [element for element in root.iter() if element is not root]
        element = data.draw(strategies.sampled_from(elements))
        change = data.draw(strategies.sampled_from(["leave out", "twice", "text", "text", "text", "attribute"]))
        if change == "leave out":
            element.getparent().remove(element)
        elif change == "twice":
            element.addnext(copy.deepcopy(element))
        elif change == "attribute" and element.attrib:
            name = data.draw(strategies.sampled_from(sorted(element.attrib)))
            element.set(name, data.draw(strategies.sampled_from(ATTRIBUTES[name])))
        elif not len(element):
            name = etree.QName(element).localname
            element.text = data.draw(strategies.sampled_from(TEXTS.get(name, TEXTS["*"])))
    return root


def compare(directory: Path, examples: int) -> int:
    """Compare documents until one differs, which is printed at its smallest; the exit code is 0 when none does."""
    try:
        from hypothesis import HealthCheck, given, settings
        from hypothesis import strategies as st
        from saxonche import PySaxonApiError

        official = Official(directory)
    except ImportError as missing:
        print(f"Nothing was compared: {missing}. pip install 'vnsim[official]' brings what is needed.")
        return 0
    if not {COMMON, ORDINARY} <= official.sheets.keys():
        print(f"{directory} has no {COMMON}.sch and {ORDINARY}.sch.")
        return 2
    names = {rule.id for group in GROUPS for rule in group.rules if not rule.id.startswith("SIM-")}
    compared = [0, 0]

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def run(data: Any) -> None:
        document = etree.tostring(mutated(data, st), encoding="unicode")
        root = parse(document.encode())
        process = SELF_BILLED if "poacc:selfbilling:3.0" in (root.findtext("{*}CustomizationID") or "") else ORDINARY
        if schema_problems(root) or process not in official.sheets:
            return
        try:
            theirs = official.broken(document, process) & names
        except PySaxonApiError:  # the official rules stop at some documents, such as those with two names of a seller
            return
        ours = {problem.rule for problem in broken(root)} & names
        compared[0] += 1
        compared[1] += bool(theirs)
        assert ours == theirs, f"only here: {sorted(ours - theirs)}; only there: {sorted(theirs - ours)}\n{document}"

    try:
        run()
    except AssertionError as difference:
        print(difference)
        return 1
    print(f"{compared[0]} documents that the schema lets pass, {compared[1]} of them wrong: the same rules, here and there.")
    return 0


def main() -> int:
    """Read the command line and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rules", type=Path, help="where the official files are")
    parser.add_argument("--examples", type=int, default=1000, help="documents to compare (%(default)s)")
    options = parser.parse_args()
    return compare(options.rules, options.examples)


if __name__ == "__main__":
    sys.exit(main())
