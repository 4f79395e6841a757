"""The door: what stands between a client and a page thread (docs/adr/0014-the-door.md).

Everything here runs on the event loop and costs no thread: heads, bodies and answers are waited for here, with limits
of size and time, so that a page thread only ever sees whole requests and never waits for a client.
"""
