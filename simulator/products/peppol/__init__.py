"""The Peppol network's registers for programs: SML, SMP and Peppol Directory."""
