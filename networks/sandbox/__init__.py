"""Practice networks: an HTTP server inside the product that speaks the networks' own dialects.

`dialects/` is what the real adapters call, `views/` the pages on which people watch and play the audience, `actions`
and, for files, `uploads` the only writers, `pushes` the webhooks that we send to ourselves. Everything belongs to one
organization and no other sees it; settings.SANDBOX switches all of it off.
"""
