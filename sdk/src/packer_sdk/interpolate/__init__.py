"""Go templates in option strings, as far as Packer templates use them."""
