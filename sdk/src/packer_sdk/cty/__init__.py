"""Values with a type, as HCL has them: what travels in configurations and out of data sources.

The names of a type, the types and the values follow cty, the type system below HCL2 (protocol
sections 6.3 and 7). Nothing here knows templates, plugins or calls.
"""
