"""What the programs around the platform share: clients, installed programs, the books, and sending through AutoInvoice."""
