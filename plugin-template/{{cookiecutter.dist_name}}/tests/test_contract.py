"""The plugin keeps every rule that Packer relies on, tried with its real executable."""

from packer_sdk.testing.pytest_plugin import contract_of

test_contract = contract_of("{{ cookiecutter.dist_name }}")
