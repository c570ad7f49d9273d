"""A procedure and its checklist as FHIR R4 resources."""
