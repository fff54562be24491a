"""What happens in a run, as values: told by whoever sees it, written down, read again, explained.

`model` has the events, `monitor` the way they take, `stream` and `files` write them, `schema`
describes them for other programs, `reading` and `story` make sense of a file, `text` and `page`
show it.
"""
