"""WebFaktura: invoices and users of an office's clients, with and without Visma.net, in the browser."""
