"""Flask glue and the look: sandbox routing, access, forms, languages, formats, templates."""
