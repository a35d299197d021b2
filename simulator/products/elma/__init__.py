"""ELMA: the public look-up of those in Norway who receive e-invoices."""
