"""The yardstick of publishing: the same worker pool making the bare tweepy call, without any of our bookkeeping.

`celery -A tests.benchmarks.bare worker` runs the product's tasks and this one.
"""

import os

import tweepy

from socialops.celery import app

BARE_URL = os.environ.get("X_API_URL", "")


class BareClient(tweepy.Client):
    """tweepy as it comes, pointed at another host."""

    def request(self, method, route, params=None, json=None, user_auth=False):
        headers = {"Authorization": f"Bearer {self.bearer_token}"}
        return self.session.request(method, BARE_URL + route, params=params, json=json, headers=headers)


@app.task(name="bare_tweet", ignore_result=True)
def bare_tweet(token: str, text: str) -> None:
    BareClient(bearer_token=token, return_type=dict).create_tweet(text=text, user_auth=False)
