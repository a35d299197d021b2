"""Electronic invoices and credit notes as files: Peppol BIS Billing 3.0, written in UBL 2.1. Read, checked, written, unpacked."""

from simulator.documents.ubl.attachments import distinct
from simulator.documents.ubl.problems import Invalid, Problem
from simulator.documents.ubl.reading import check, read, read_trusted
from simulator.documents.ubl.unpacking import Unpacked, unpack
from simulator.documents.ubl.writing import write

__all__ = ["Invalid", "Problem", "Unpacked", "check", "distinct", "read", "read_trusted", "unpack", "write"]
