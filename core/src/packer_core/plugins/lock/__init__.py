"""What a template's plugins are, to the last file: written down, checked, carried elsewhere.

::

    Locker       requirements, or what is installed ► Lock        asks pip and releases
    file         Lock ◄► packer.lock                              TOML; PEP 751 for each in Python
    LockedStore  Lock ► the store holds just that                 offline if it has the files
    bundle       Lock and every file ► one archive ► LockedStore  for machines without a network
"""
