"""Provably once: posts and replies under every fault at once, and the network's own ledger against ours.

`trial` puts them in, `storm` is the networks and what goes wrong there, `monkey` kills processes and restarts services,
`people` are the persons who write and who connect a profile again, `verdict` compares the ledgers. What befalls each
text is drawn from the seed and the text alone: whatever the timing, the same seed brings the same faults.
"""
