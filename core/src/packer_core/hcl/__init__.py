"""HCL2, the language of templates: text to nodes, nodes to values, and back to tidy text.

The package knows two things above itself, the records `Diagnostic` and `Place` of
`packer_core.diagnostics`; with them and `packer_sdk.cty` it could be published alone. Inside it a
place is a `Span`, which becomes a `Place` where a Diagnostic is made.
"""
