"""Companies at AutoInvoice: settings, identity check, users and keys for programs."""
