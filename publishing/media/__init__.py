"""Files: what they are, what is taken out of them, in which copies they leave."""
