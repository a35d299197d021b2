"""What Visma Business shows of invoices: the status of their transfer to AutoInvoice, in its own words.

Source: Visma Business, status of electronic invoices: 0 to 4, and the table *EDI-feilmelding*. Own choice: which status belongs to
what became of an invoice; one that AutoInvoice did not answer for has status 3, although the program sends it by itself again.
"""

from enum import IntEnum

from simulator.sales.submission import Outcome


class TransferStatus(IntEnum):
    """The status of an invoice's transfer to AutoInvoice."""

    NOT_SET = 0
    TRANSFERRED = 1
    PENDING = 2
    FAILED = 3
    BLOCKED = 4

    @property
    def text(self) -> str:
        """Text key of its name."""
        return f"business.transfer.{self.value}"


TRANSFER_OF = {
    Outcome.NOT_SENT: TransferStatus.NOT_SET,
    Outcome.LOCAL: TransferStatus.NOT_SET,
    Outcome.WAITING: TransferStatus.FAILED,
    Outcome.PENDING: TransferStatus.PENDING,
    Outcome.ON_HOLD: TransferStatus.PENDING,
    Outcome.SENT: TransferStatus.TRANSFERRED,
    Outcome.DELIVERED: TransferStatus.TRANSFERRED,
    Outcome.FAILED: TransferStatus.FAILED,
    Outcome.REFUSED: TransferStatus.FAILED,
    Outcome.MANUAL: TransferStatus.BLOCKED,
}
"""The status that belongs to what became of an invoice."""
