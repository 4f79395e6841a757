"""The one outbox: claim (commit) -> call -> settle (commit).

`claims` decides what is due, `sending` makes the one call, `looking` asks the network after an outcome that is not
known, `settling` writes what became of it. Nothing here knows posts or conversations.
"""
