"""AccountView, a program on the computer: the wizard that makes an administrator, and AutoInvoice from within it."""
