"""The public read side of the registers: SML, SMP and the Peppol Directory."""
